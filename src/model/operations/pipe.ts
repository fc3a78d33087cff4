/**
 * A pipe as the target of a read: `iov_iter_get_pages()` over ITER_PIPE, as `generic_file_splice_read()` used it with direct I/O up to 6.4.
 * Its pages are in nobody's memory: each is new, with one reference for the pipe buffer and another for the caller. The pipe has room for
 * one page. It is locked until `pipe-unlock`, so that no reader sees a page which the device has yet to fill.
 */
import { HANDLE_HELD, HANDLE_PUBLISHED } from '../layout.js';
import { addRef, allocate, handleFrame, handleOf, handleTo, hasFree, isFree, noteStale, putPage, setHandle } from '../machine.js';
import type { Iterate, PipeRead } from '../scenario.js';
import { BLOCKED, type Context, MAY_FREE, SHARED, type Step } from './step.js';

/** `pipe_get_pages()`. */
export function fillPipeSteps(c: Context, op: Iterate): Step[] {
  const m = c.machine;
  const slot = c.slot(op.slot);
  const buffer = c.pipe();
  const [TAKE] = [1];
  return [
    {
      text: 'pushes a new page into the pipe',
      stands: 'append_pipe(): push_anon()',
      reads: SHARED.flags | SHARED.counts | buffer.bit,
      writes: SHARED.flags | SHARED.counts | SHARED.content | buffer.bit,
      choices: m.layout.frames,
      to: [TAKE, 'else'],
      run: (s, choice) => {
        // pipe_full(), or no memory.
        if (handleOf(m, s, buffer.slot) !== 0 || !hasFree(m, s)) return choice === 0 ? 1 : BLOCKED;
        if (!isFree(m, s, choice)) return BLOCKED;
        allocate(m, s, choice, -1, 0, 0);
        setHandle(m, s, buffer.slot, handleTo(m, s, choice, 0, 1, HANDLE_HELD));
        return 0;
      },
    },
    {
      text: 'takes a reference of its own on it',
      stands: 'pipe_get_pages(): get_page()',
      reads: SHARED.counts | buffer.bit,
      writes: SHARED.counts,
      run: (s) => {
        const handle = handleOf(m, s, buffer.slot);
        setHandle(m, s, slot, handle);
        addRef(m, s, handleFrame(handle), 1);
        return 0;
      },
    },
  ];
}

/** `pipe_unlock()`: readers can read. */
export function pipeUnlockSteps(c: Context): Step[] {
  const m = c.machine;
  const buffer = c.pipe();
  return [
    {
      text: 'unlocks the pipe',
      stands: 'pipe_unlock()',
      reads: buffer.bit,
      writes: buffer.bit,
      run: (s) => {
        const handle = handleOf(m, s, buffer.slot);
        if (handle !== 0) setHandle(m, s, buffer.slot, handle | HANDLE_PUBLISHED);
        return 0;
      },
    },
  ];
}

/** `pipe_read()`: waits for a buffer, and drops its reference after reading. */
export function pipeReadSteps(c: Context, op: PipeRead): Step[] {
  const m = c.machine;
  const buffer = c.pipe(op.pipe);
  return [
    {
      text: `reads a page from the pipe of ${op.pipe}, and drops the buffer's reference`,
      stands: 'pipe_read(): pipe_buf_release(), put_page()',
      reads: MAY_FREE.reads | buffer.bit,
      writes: MAY_FREE.writes | buffer.bit,
      run: (s) => {
        const handle = handleOf(m, s, buffer.slot);
        if ((handle & HANDLE_PUBLISHED) === 0) return BLOCKED;
        noteStale(m, s, handle);
        setHandle(m, s, buffer.slot, 0);
        putPage(m, s, handleFrame(handle));
        return 0;
      },
    },
  ];
}
