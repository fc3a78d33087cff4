/** Zero and its opposite, as constants of C are written: how numbers, flags and pointers say no and yes. */

/** Zero of any type. */
export const zero: RegExp = /^(?:0|0x0|false|NULL)$/;

/** What a pointer is set to, or compared with, where it leads to nothing. */
export const noPointer: RegExp = /^(?:NULL|0)$/;

/** A flag that is not set. */
export const no: RegExp = /^(?:false|0)$/;

/** A flag that is set, or a number that is not zero. */
export const yes: RegExp = /^(?:true|[1-9]\d*)$/;

/** A flag that is set, and a number by which functions answer yes. */
export const one: RegExp = /^(?:true|1)$/;
