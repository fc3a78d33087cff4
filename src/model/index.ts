/** `putright/model`: the machine of page references, the designs, the mistakes, and the explorer. */
export { runSvg } from './chart.js';
export { compile, ScenarioError, type System } from './compile.js';
export type { Count, Counts, Design } from './designs/design.js';
export { designs } from './designs/index.js';
export { type CellRun, cellRuns, explainCell, type Found, type PageView, type Run, type RunStep, replay, shortestRun } from './explain.js';
export { type Exploration, type ExploreOptions, explore } from './explore.js';
export * from './handles.js';
export { type MatrixReport, reportOf } from './json.js';
export {
  type Cell,
  cellOf,
  type Matrix,
  type MatrixOptions,
  matrixOf,
  planOf,
  type Reliability,
  type Search,
  systemsOf,
  typeFaultsOf,
} from './matrix.js';
export { correct, type Misuse, misuses } from './misuses.js';
export { type Notice, noticeNames, notices } from './notices.js';
export { type Outcome, outcomeNames, outcomes, outcomesOf } from './outcomes.js';
export { parseScenario, ScenarioFault, withLine } from './parse.js';
export { correctPlan, driverOf, type Plan } from './plan.js';
export * from './scenario.js';
export { operationsInSchema, scenarioSchema } from './schema.js';
export { actorsIn, type Setting, scenarioOf, settings } from './settings.js';
export { cellLines, matrixText, runText } from './text.js';
export { type Walks, walk } from './walk.js';
