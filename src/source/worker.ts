import { runSlice } from './slice.js';

/** What a thread of the pool runs. */
export default runSlice;
