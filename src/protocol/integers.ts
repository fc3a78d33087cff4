/** The kernel's names for numbers, as they stand at the beginning of a declared type: include/linux/types.h, include/uapi/linux/types.h. */

/** Types that are no struct, whatever they are. */
export const scalarType =
  /^(struct|union|enum|void|char|short|int|long|unsigned|signed|float|double|bool|_Bool|[us](8|16|32|64)|__[usbl]e?(8|16|32|64)|u?int(8|16|32|64|ptr|max)_t|uint|ulong|size_t|ssize_t|dma_addr_t|phys_addr_t|loff_t|pgoff_t|function)\b/;

/** Integers too narrow for a pointer, and characters: what points at them is text or bytes, not a container of pages. */
export const narrowType =
  /^(char|short|int|unsigned( char| short| int)?|signed( char| short| int)?|bool|_Bool|[us](8|16|32)|__[usbl]e?(8|16|32)|u?int(8|16|32)_t|uint|float|double)$/;

/** Integers that count or index. */
export const numberType =
  /^(unsigned|signed|int|long|short|char|bool|size_t|ssize_t|loff_t|pgoff_t|__?[us](8|16|32|64)|[us](8|16|32|64)|u?int(8|16|32|64)_t)( |$)/;

/** Types of which a pointer goes byte by byte. */
export const byteType = /^(void|char|u8|unsigned char|__u8|uint8_t)$/;

/** Integers that are never below zero. */
export const unsignedType = /^(unsigned|size_t|__?u(8|16|32|64)|u(8|16|32|64)|uint(8|16|32|64)_t|uint|ulong)( |$)/;

/** Those that stay so where C compares them with an `int`: C11 6.3.1.1. */
export const unsignedComparison = /^(unsigned|size_t|u(32|64)|__u(32|64)|uint(32|64)?_t|pgoff_t|dma_addr_t|phys_addr_t)/;

/** Those that stay so beside a `long`, on 64 bits. */
export const wideUnsigned = /^(unsigned long|size_t|u64|__u64|uint64_t|pgoff_t)/;

/** Integers with a sign that hold every `unsigned int`, on 64 bits. */
export const wideSigned = /^(long|ssize_t|s64)/;

/** Integers by which drivers count, and report errors; the others are for flags. */
export const countType = /^(int|long|ssize_t|s64|s32|unsigned|unsigned int|unsigned long|size_t)$/;

/** In the text of an expression: it counts pages, the last one if only a part of it is meant, too. include/linux/math.h, pfn.h, mm.h */
export const roundingUp = /\bDIV_ROUND_UP\w*\s*\(|\b(?:PFN_UP|howmany)\s*\(|\bPAGE_SIZE\s*-\s*1\b|~PAGE_MASK\b/;
