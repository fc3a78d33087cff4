import type { Transfer } from './types.js';

/**
 * Calls that give another form of one page: its folio, its compound head, its frame number, its physical or kernel address. A frame number
 * or an address keeps the reference alive although the pointer is thrown away. include/linux/mm.h, asm-generic/memory_model.h.
 */
const same = (name: string, argument = '0'): Transfer => ({ name, moves: [[argument, 'return']] });
const toFrame = (name: string): Transfer => ({ name, moves: [['0', 'return@pfn']] });
const toAddress = (name: string): Transfer => ({ name, moves: [['0', 'return@address']] });

/**
 * Calls that find a page again by its frame number, physical or kernel address. All of these take any of them, as code converts freely
 * between them.
 */
export const pageLookups: readonly string[] = [
  'virt_to_page',
  'virt_to_head_page',
  'virt_to_folio',
  'kmap_to_page',
  'kmap_atomic_to_page',
  'vmalloc_to_page',
  'pfn_to_page',
  'phys_to_page',
  'pfn_folio',
  'gfn_to_page_frame',
  'pfn_t_to_page',
  'pfn_to_online_page',
  'pfn_to_refcounted_page',
  'kvm_pfn_to_refcounted_page',
  'kvm_pfn_to_page',
  'pte_page',
];

/** Of these, the calls that find a page only by an address at which it was mapped, not by one that is computed from its frame number. */
export const mappingLookups: ReadonlySet<string> = new Set(['vmalloc_to_page']);

const lookup = (name: string): Transfer => ({
  name,
  moves: [
    ['0@pfn', 'return'],
    ['0@address', 'return'],
    // A page table entry is a struct of one number on most machines.
    ...(name === 'pte_page' ? [['0.pte@pfn', 'return'] as const] : []),
  ],
  // A page of device memory has a frame number, but is not online.
  ...(name === 'pfn_to_online_page' ? { fails: 'zero' as const } : {}),
});

/** Calls that give another form of a page. */
export const pageTransfers: readonly Transfer[] = [
  ...['page_folio', 'compound_head', 'folio_page', 'nth_page', 'pfn_folio_page', 'page_rmappable_folio', 'ERR_CAST'].map((n) => same(n)),
  ...['folio_file_page', 'sub_page', 'page_ptr', 'READ_ONCE', 'rcu_dereference'].map((n) => same(n)),
  { name: 'page_address_in_vma', moves: [] },
  ...[
    'page_to_pfn',
    'page_to_phys',
    'page_to_gfn',
    'folio_pfn',
    'folio_to_phys',
    'page_to_pa',
    'page_to_virt_pfn',
    'pfn_to_pfn_t',
    'page_to_pfn_t',
  ].map(toFrame),
  ...['page_to_xen_pfn', 'page_to_bus', 'page_to_maddr', 'page_to_hvpfn'].map(toFrame),
  ...[
    'page_address',
    'kmap',
    'kmap_local_page',
    'kmap_atomic',
    'page_to_virt',
    'folio_address',
    'lowmem_page_address',
    'kmap_local_folio',
    '__va_page',
  ].map(toAddress),
  { name: 'vmap', moves: [['0[]', 'return@address']], fails: 'zero' },
  { name: 'vm_map_ram', moves: [['0[]', 'return@address']], fails: 'zero' },
  ...pageLookups.map(lookup),
  ...['__pa', 'virt_to_phys', 'virt_to_pfn', 'vmalloc_to_pfn', 'virt_to_bus', '__virt_to_bus'].map(
    (name): Transfer => ({
      name,
      moves: [
        ['0@address', 'return@pfn'],
        ['0@pfn', 'return@pfn'],
      ],
    }),
  ),
  ...['__va', 'phys_to_virt', 'pfn_to_kaddr', 'pfn_to_virt', 'bus_to_virt', '__bus_to_virt'].map(
    (name): Transfer => ({
      name,
      moves: [
        ['0@pfn', 'return@address'],
        ['0@address', 'return@address'],
      ],
    }),
  ),
  ...[
    'PHYS_PFN',
    'PFN_DOWN',
    'PFN_PHYS',
    'PFN_UP',
    '__pfn_to_phys',
    '__phys_to_pfn',
    'pfn_to_hpa',
    'pfn_to_gpa',
    'cpu_to_le64',
    'le64_to_cpu',
    'cpu_to_be64',
    'be64_to_cpu',
    'cpu_to_le32',
    'le32_to_cpu',
  ].map((n) => same(n)),
  { name: 'page_to_section', moves: [] },
];

/** The kind of number that a page pointer is converted to. */
export type PageNumber = 'frame number' | 'physical address';

const numbersOf = (form: PageNumber, names: readonly string[]): [string, PageNumber][] => names.map((name) => [name, form]);

/**
 * Calls that convert a page, its address or another such number to a number, and to which kind: include/linux/pfn.h, asm-generic/page.h.
 */
export const pageNumbers: ReadonlyMap<string, PageNumber> = new Map([
  ...numbersOf('physical address', [
    'page_to_phys',
    'folio_to_phys',
    'page_to_pa',
    'page_to_bus',
    'page_to_maddr',
    'sg_phys',
    '__pa',
    'virt_to_phys',
    'virt_to_bus',
    '__virt_to_bus',
    'PFN_PHYS',
    '__pfn_to_phys',
    'pfn_to_hpa',
    'pfn_to_gpa',
  ]),
  ...numbersOf('frame number', [
    'page_to_pfn',
    'page_to_gfn',
    'folio_pfn',
    'page_to_virt_pfn',
    'pfn_to_pfn_t',
    'page_to_pfn_t',
    'page_to_xen_pfn',
    'page_to_hvpfn',
    'virt_to_pfn',
    'vmalloc_to_pfn',
    'PHYS_PFN',
    'PFN_DOWN',
    'PFN_UP',
    '__phys_to_pfn',
  ]),
]);

/**
 * Matches in the name of a call that maps a page. Others only return the address that it has anyway: include/linux/highmem.h, vmalloc.h.
 */
export const mappingName = /map/;

/** Calls whose value is their first argument: `likely(x)`, casts in macro form, reads. */
export const transparentCalls: readonly string[] = [
  'likely',
  'unlikely',
  // include/linux/compiler.h: what the two above expand to.
  '__builtin_expect',
  'READ_ONCE',
  'WARN_ON',
  'WARN_ON_ONCE',
  'ERR_CAST',
  'rcu_dereference',
  'rcu_dereference_protected',
  'rcu_dereference_raw',
  'array_index_nospec',
  'ACCESS_ONCE',
  'kasan_reset_tag',
  'untagged_addr',
  '__force',
  'nth_page',
  'ALIGN',
  'PTR_ALIGN',
  'round_up',
  'round_down',
  'data_race',
  'barrier_data',
];

/** Calls that take a variable's value out of it, so that its cleanup finds NULL: include/linux/cleanup.h. */
export const takingCalls: readonly string[] = ['no_free_ptr', 'retain_and_null_ptr', 'return_ptr', '__get_and_null'];

/** Of those, the macro that is a statement of its own and returns the value. */
export const returningCall = 'return_ptr';

/** Macros that store their second argument in their first: include/asm-generic/rwonce.h, include/linux/rcupdate.h. */
export const storingCalls: ReadonlySet<string> = new Set(['WRITE_ONCE', 'rcu_assign_pointer', 'RCU_INIT_POINTER']);

/** Structs whose first member is a page, by tag: a pointer to the page is a pointer to the struct. include/linux/mm_types.h */
export const pageMembers: ReadonlyMap<string, string> = new Map([['folio', 'page']]);

/** Members whose address stands for the whole page or folio: `&folio->page`, and the member by which it is on a list. */
export const pageHandles: ReadonlyMap<string, readonly string[]> = new Map([
  ['folio', ['page', 'lru']],
  ['page', ['lru']],
]);

/** Matches calls that access a page's data or change its state: include/linux/highmem.h, page-flags.h, pagemap.h, swap.h, kvm_host.h. */
export const pageUse =
  /^(page_address|kmap\w*|set_page_dirty\w*|SetPage\w+|ClearPage\w+|folio_mark_dirty\w*|lock_page|unlock_page|folio_lock|folio_unlock|flush_dcache_page|vmap|vm_map_ram|mark_page_accessed|folio_mark_accessed|kvm_set_(pfn|page)_(accessed|dirty))$/;

/**
 * Matches tests of a page's kind, which do not tell whether it is held: include/linux/page-flags.h. The zero page and a device's pages are
 * reserved (mm/mm_init.c), and references are taken on them as on any other.
 */
export const pageStateTest = /^(folio_test_|Page[A-Z])/;

/**
 * Tests whether a page is reserved. User memory may contain reserved pages, the zero page and device memory, and calls that take references
 * on user pages take them on these too: include/linux/page-flags.h, virt/kvm/kvm_main.c (`kvm_pfn_to_refcounted_page()`).
 */
export const reservedTests: readonly string[] = ['PageReserved', 'folio_test_reserved'];

/** Matches in the text of a function that tells those from other reserved pages. */
export const reservedExceptions = /zero_p(fn|age)|zone_device|devmap|fsdax|is_pci_p2pdma/i;

/** Matches in the name of a test that is true for a frame number which stands for an error, or for no page: include/linux/kvm_host.h */
export const noFrameName = /_err|error|noslot|(?:^|_)is_\w+_pfn$|(?<!^Page)reserved/i;
/** Matches in the name of a test, of either sense, whether a frame number has a page to be dropped. */
export const frameTestName = /err|valid|refcounted|noslot|reserved/i;
/** The test that is true for a frame number with a page. */
export const frameTest = 'pfn_valid';

/**
 * Matches in the text of a function that maps a page only if no MMU notifier was called since it looked at the page table:
 * include/linux/mmu_notifier.h, kvm_host.h
 */
export const notifierQuestion = /\bmmu_(?:interval|invalidate|notifier)_\w*retry\w*\s*\(/;

/** Matches in the text of a function that passes on a page's frame number, as one that maps the page does: include/linux/mm.h */
export const frameHandedOn = /\w\s*\([^;{}]*\bpage_to_pfn\s*\(/;

/**
 * Operations by which an MMU notifier tells that pages are removed from the page table: tag of the operations' struct, and member.
 * include/linux/mmu_notifier.h
 */
export const notifierOperations: readonly (readonly [struct: string, member: string])[] = [
  ...[
    'invalidate_range_start',
    'invalidate_range_end',
    'invalidate_range',
    'arch_invalidate_secondary_tlbs',
    'invalidate_page',
    'release',
  ].map((member) => ['mmu_notifier_ops', member] as const),
  ['mmu_interval_notifier_ops', 'invalidate'],
];

/** Matches in the text of a function that tries to take a reference on a page which may have none: include/linux/mm.h, page_ref.h */
export const tryingText = /\b(?:try_get_page|folio_try_get\w*|get_page_unless_zero|page_cache_get_speculative)\s*\(/;
