/** A field in which pages are kept. */
export interface Carrier {
  /** The struct's tag. */
  tag: string;
  /** The steps below the object. */
  suffix: string;
}
