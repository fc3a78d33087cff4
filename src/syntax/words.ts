/** What single words of C and of the kernel's dialect are: storage class, qualifier, part of a type, annotation. */

/** Storage classes, and words that may stand among them. */
export const STORAGE = new Set([
  'static',
  'extern',
  'inline',
  'register',
  'typedef',
  'auto',
  'asmlinkage',
  'noinline',
  'thread_local',
  '_Thread_local',
  '__thread',
  '__inline',
  '__inline__',
  '__always_inline',
  '__forceinline',
  'notrace',
  'noinstr',
  '_Noreturn',
  '__noreturn',
  '__gnu_inline',
  '__cold',
  '__hot',
  '__weak',
  '__pure',
  '__attribute_const__',
  '__extension__',
  'noinline_for_stack',
  'fastcall',
  'STATIC',
  'INLINE',
  'EXPORT',
]);
/** Type qualifiers. */
export const QUALIFIERS = new Set([
  'const',
  'volatile',
  'restrict',
  '__restrict',
  '__restrict__',
  '__const',
  '__volatile__',
  '__volatile',
  '_Atomic',
  '__const__',
]);
/** Words that are a type, or part of one. */
export const TYPE_KEYWORDS = new Set([
  'void',
  'char',
  'short',
  'int',
  'long',
  'float',
  'double',
  'signed',
  'unsigned',
  'bool',
  '_Bool',
  '__signed__',
  '__signed',
  '__int128',
  '_Complex',
  '__complex__',
  '__auto_type',
  'size_t',
  'ssize_t',
  'ptrdiff_t',
]);
/** Keywords that a tag follows. */
export const TAG_KEYWORDS = new Set(['struct', 'union', 'enum']);
/** Operators that make a type from an expression. */
export const TYPEOF = new Set([
  'typeof',
  '__typeof__',
  '__typeof',
  'typeof_unqual',
  '__typeof_unqual__',
  'typeof_member',
  '__unqual_scalar_typeof',
  'TYPEOF_UNQUAL',
]);
/** Words whose argument is a list of attributes. */
export const ATTRIBUTE = new Set(['__attribute__', '__attribute', '__declspec']);
/** Words that begin an asm statement. The kernel's compiler headers define some of them as `asm goto` (include/linux/compiler_types.h). */
export const ASM = new Set(['asm', '__asm__', '__asm', 'asm_inline', 'asm_volatile_goto', 'asm_goto_output']);

/** Returns the labels that an asm statement may jump to: `asm goto(code : outputs : inputs : clobbers : labels)`. */
export function asmJumps(text: string): string[] {
  const words = /^\w[\w\s]*/.exec(text)?.[0] ?? '';
  if (!words.includes('goto') || !ASM.has(/^\w+/.exec(words)?.[0] ?? '')) return [];
  return text.slice(text.lastIndexOf(':')).match(/[A-Za-z_]\w*/g) ?? [];
}

/** Calls that evaluate nothing and become a {@link import('./ast.js').Sizeof}. */
export const OPAQUE: ReadonlySet<string> = new Set([
  'sizeof',
  'offsetof',
  '__builtin_offsetof',
  '__alignof__',
  '__alignof',
  '_Alignof',
  'alignof',
  'sizeof_field',
  'offsetofend',
  '__builtin_types_compatible_p',
  'va_arg_pack',
  '__same_type',
  'typeof_member',
  'FIELD_SIZEOF',
]);

/** Keywords of statements and operators: never a type, a name or an annotation. */
export const STATEMENT_KEYWORDS = new Set([
  'if',
  'else',
  'while',
  'do',
  'for',
  'switch',
  'case',
  'default',
  'break',
  'continue',
  'return',
  'goto',
  'sizeof',
  '_Generic',
]);

const ANNOTATIONS = new Set([
  'asmlinkage',
  'noinline',
  'notrace',
  'noinstr',
  'fastcall',
  'far',
  'near',
  'randomized_struct_fields_start',
  'fallthrough_',
  'IRQENTRY',
  '____cacheline_aligned',
  '____cacheline_aligned_in_smp',
  '____cacheline_internodealigned_in_smp',
  'CRYPTO_MINALIGN_ATTR',
  'ARCH_SLAB_MINALIGN',
  '__user',
  '__iomem',
  '__rcu',
  '__percpu',
  '__force',
  '__init',
  '__exit',
  '__initdata',
  '__exitdata',
  '__initconst',
  '__devinit',
  '__devexit',
  '__devinitdata',
  '__must_check',
  '__maybe_unused',
  '__always_unused',
  '__unused',
  '__used',
  '__packed',
  '__safe',
  '__read_mostly',
  '__ro_after_init',
  '__kernel',
  '__nocast',
  '__bitwise',
  '__private',
  '__cpuidle',
  '__sched',
  '__ref',
  '__refdata',
  '__refconst',
  '__latent_entropy',
  '__nonstring',
  '__visible',
  '__kprobes',
  '__lockfunc',
  '__deprecated',
  '__malloc',
]);

/** Matches names that begin with two underscores and are types, not annotations. */
const UNDERSCORE_TYPE =
  /^__(?:[us](?:8|16|32|64|128)|[lb]e(?:16|32|64)|virtio\d+|hc(?:16|32)|sum16|wsum|u?int\d+|fs(?:16|32|64)|leX\d+|vdi\w+|poll_t|builtin_va_list|gnuc_va_list|guest_handle_\w+|\w+_t)$/;

/** True if the word has the form of an annotation: it says something about a declaration without being its type or name. */
export function isAnnotation(word: string): boolean {
  if (ANNOTATIONS.has(word)) return true;
  return (
    word.charCodeAt(0) === 95 &&
    word.charCodeAt(1) === 95 &&
    !UNDERSCORE_TYPE.test(word) &&
    /^__[a-z_]/.test(word) &&
    !TYPE_KEYWORDS.has(word) &&
    !TYPEOF.has(word) &&
    !ASM.has(word) &&
    !QUALIFIERS.has(word)
  );
}

/** True if the word is listed as an annotation, and is one wherever it is. */
export function isKnownAnnotation(word: string): boolean {
  return ANNOTATIONS.has(word);
}

/** True if the word can only be a type by its form: `u32`, `dma_addr_t`, `__le16`. */
export function looksLikeType(word: string): boolean {
  return (
    TYPE_KEYWORDS.has(word) ||
    /^(?:[us](?:8|16|32|64|128)|u_?(?:char|short|int|long)|\w+_t|U?INT(?:8|16|32|64)|UINT|ULONG|DWORD|HANDLE|[lb]e(?:16|32|64))$/.test(
      word,
    ) ||
    UNDERSCORE_TYPE.test(word)
  );
}
