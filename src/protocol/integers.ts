/**
 * The kernel's types for numbers. The patterns match at the beginning of a declared type: include/linux/types.h,
 * include/uapi/linux/types.h.
 */

/** Matches what begins a type that is not the typedef of a struct. */
export const scalarType =
  /^(struct|union|enum|void|char|short|int|long|unsigned|signed|float|double|bool|_Bool|[us](8|16|32|64)|__[usbl]e?(8|16|32|64)|u?int(8|16|32|64|ptr|max)_t|uint|ulong|size_t|ssize_t|dma_addr_t|phys_addr_t|loff_t|pgoff_t|function)\b/;

/** Matches integers too narrow for a pointer, and characters: a pointer to one points at text or bytes, not at a container of pages. */
export const narrowType =
  /^(char|short|int|unsigned( char| short| int)?|signed( char| short| int)?|bool|_Bool|[us](8|16|32)|__[usbl]e?(8|16|32)|u?int(8|16|32)_t|uint|float|double)$/;

/** Matches integers that count or index. */
export const numberType =
  /^(unsigned|signed|int|long|short|char|bool|size_t|ssize_t|loff_t|pgoff_t|__?[us](8|16|32|64)|[us](8|16|32|64)|u?int(8|16|32|64)_t)( |$)/;

/** Matches types for which pointer arithmetic is in bytes. */
export const byteType = /^(void|char|u8|unsigned char|__u8|uint8_t)$/;

/** Matches unsigned integers. */
export const unsignedType = /^(unsigned|size_t|__?u(8|16|32|64)|u(8|16|32|64)|uint(8|16|32|64)_t|uint|ulong)( |$)/;

/** Of those, the ones that stay unsigned when C compares them with an `int`: C11 6.3.1.1. */
export const unsignedComparison = /^(unsigned|size_t|u(32|64)|__u(32|64)|uint(32|64)?_t|pgoff_t|dma_addr_t|phys_addr_t)/;

/** Of those, the ones that stay unsigned when compared with a `long`, on 64 bits. */
export const wideUnsigned = /^(unsigned long|size_t|u64|__u64|uint64_t|pgoff_t)/;

/** Matches signed integers that can hold every `unsigned int`, on 64 bits. */
export const wideSigned = /^(long|ssize_t|s64)/;

/** Matches integers that drivers use for counts and error codes. Other types are used for flags. */
export const countType = /^(int|long|ssize_t|s64|s32|unsigned|unsigned int|unsigned long|size_t)$/;

/** Matches in an expression that counts pages and rounds up for the last, partial one: include/linux/math.h, pfn.h, mm.h */
export const roundingUp = /\bDIV_ROUND_UP\w*\s*\(|\b(?:PFN_UP|howmany)\s*\(|\bPAGE_SIZE\s*-\s*1\b|~PAGE_MASK\b/;

const named = '([\\w.\\[\\]]+)';
const byPage = '(?:/ PAGE_SIZE|>> PAGE_SHIFT)';
/**
 * Texts, without parentheses around sums, that turn a number of bytes, captured, into a number of pages as if the bytes began with a page:
 * include/linux/math.h, pfn.h, mm.h
 */
export const wholePages: readonly RegExp[] = [
  `${named} ${byPage}`,
  `${named} \\+ PAGE_SIZE - 1 ${byPage}`,
  `PAGE_SIZE - 1 \\+ ${named} ${byPage}`,
  `${named} \\+ ~PAGE_MASK ${byPage}`,
  `(?:DIV_ROUND_UP\\w*|howmany)\\(${named}, PAGE_SIZE\\)`,
  `(?:PFN_UP|PFN_DOWN)\\(${named}\\)`,
  `PAGE_ALIGN\\(${named}\\) ${byPage}`,
  `(?:ALIGN|round_?up)\\(${named}, PAGE_SIZE\\) ${byPage}`,
].map((text) => new RegExp(`^${text}$`));

/** Matches an expression that makes a number of bytes one of pages. */
export const pageCount = /\b(?:PFN_UP|PFN_DOWN)\(|\b(?:DIV_ROUND_UP\w*|howmany)\(.*, PAGE_SIZE\)|(?:\/ PAGE_SIZE|>> PAGE_SHIFT)$/;

/** Matches C that tests whether something begins with a page: include/linux/mm.h, align.h, uio.h */
export const alignmentTest = /\b(?:\w*aligned\w*|offset_in_page|iov_iter_alignment)\s*\(|&\s*~\s*PAGE_MASK\b/i;

/** Matches C that rounds an address down to the beginning of its page: include/linux/math.h, align.h */
export const roundingDown = /\b(?:ALIGN_DOWN|PAGE_ALIGN_DOWN|round_?down)\s*\(|&=?\s*PAGE_MASK\b/;
