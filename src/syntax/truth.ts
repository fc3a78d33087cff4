/** Patterns for constants of C that mean zero or its opposite: how numbers, flags and pointers say no and yes. */

/** Zero of any type. */
export const zero: RegExp = /^(?:0|0x0|false|NULL)$/;

/** The value of a pointer that points at nothing. */
export const noPointer: RegExp = /^(?:NULL|0)$/;

/** The value of a flag that is not set. */
export const no: RegExp = /^(?:false|0)$/;

/** The value of a flag that is set, or a number other than zero. */
export const yes: RegExp = /^(?:true|[1-9]\d*)$/;

/** The value of a flag that is set, or the number by which functions answer yes. */
export const one: RegExp = /^(?:true|1)$/;
