/** A thread that judges the mutants which it is sent, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { openShared } from '../../dist/source/index.js';
import { initSyntax } from '../../dist/syntax/index.js';
import { openJudge } from './judge.mjs';

await initSyntax();
const judge = openJudge(openShared(workerData));
parentPort?.on('message', (mutant) => parentPort?.postMessage(judge(mutant)));
parentPort?.postMessage(null);
