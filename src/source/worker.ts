import { runSlice } from './slice.js';

/** What a pool's thread runs. */
export default runSlice;
