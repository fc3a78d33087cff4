import type { Transfer } from './types.js';

/**
 * One page seen another way: its folio, its compound head, its frame number, its physical or kernel address. A pfn or an
 * address keeps the reference alive though the pointer is thrown away. include/linux/mm.h, asm-generic/memory_model.h.
 */
const same = (name: string, argument = '0'): Transfer => ({ name, moves: [[argument, 'return']] });
const toFrame = (name: string): Transfer => ({ name, moves: [['0', 'return@pfn']] });
const toAddress = (name: string): Transfer => ({ name, moves: [['0', 'return@address']] });

/** Calls that find a page again, by frame number, physical or kernel address: they are turned into each other freely. */
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

/** Of these, calls that find a page by an address at which it was mapped, and not by any that its frame number leads to. */
export const mappingLookups: ReadonlySet<string> = new Set(['vmalloc_to_page']);

const lookup = (name: string): Transfer => ({
  name,
  moves: [
    ['0@pfn', 'return'],
    ['0@address', 'return'],
    // An entry of a page table is a struct of one number on most machines.
    ...(name === 'pte_page' ? [['0.pte@pfn', 'return'] as const] : []),
  ],
  // A page of a device's memory has a frame number, and is none of those.
  ...(name === 'pfn_to_online_page' ? { fails: 'zero' as const } : {}),
});

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

/** What a number stands for that a page's pointer is turned into. */
export type PageNumber = 'frame number' | 'physical address';

const numbersOf = (form: PageNumber, names: readonly string[]): [string, PageNumber][] => names.map((name) => [name, form]);

/** What the calls give that turn a page, its address or another such number into a number: include/linux/pfn.h, asm-generic/page.h. */
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

/** Calls that map a page, where others give the address at which it stands anyway: include/linux/highmem.h, vmalloc.h. */
export const mappingName = /map/;

/** Calls that hand their argument through: `likely(x)`, casts in macro form, reads. */
export const transparentCalls: readonly string[] = [
  'likely',
  'unlikely',
  // include/linux/compiler.h: what the two above come to.
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

/** Calls that take a variable's value out of it, so that its cleanup finds nothing: include/linux/cleanup.h. */
export const takingCalls: readonly string[] = ['no_free_ptr', 'retain_and_null_ptr', 'return_ptr', '__get_and_null'];

/** Of those, the macro that returns what it takes out, a statement of its own. */
export const returningCall = 'return_ptr';

/** Macros that store their second argument in their first: include/asm-generic/rwonce.h, include/linux/rcupdate.h. */
export const storingCalls: ReadonlySet<string> = new Set(['WRITE_ONCE', 'rcu_assign_pointer', 'RCU_INIT_POINTER']);

/** Structs whose first member is a page: a pointer to it is a pointer to them. include/linux/mm_types.h. */
export const pageMembers: ReadonlyMap<string, string> = new Map([['folio', 'page']]);

/** Members by whose address such a struct is handed over itself: `&folio->page`, and what a list holds it by. */
export const pageHandles: ReadonlyMap<string, readonly string[]> = new Map([
  ['folio', ['page', 'lru']],
  ['page', ['lru']],
]);

/** Calls that look into a page, or change what is known of it: include/linux/highmem.h, page-flags.h, pagemap.h, swap.h, kvm_host.h. */
export const pageUse =
  /^(page_address|kmap\w*|set_page_dirty\w*|SetPage\w+|ClearPage\w+|folio_mark_dirty\w*|lock_page|unlock_page|folio_lock|folio_unlock|flush_dcache_page|vmap|vm_map_ram|mark_page_accessed|folio_mark_accessed|kvm_set_(pfn|page)_(accessed|dirty))$/;

/**
 * Tests of what a page is, which say nothing of whether it is held: include/linux/page-flags.h. The page of zeros and a device's pages are
 * reserved (mm/mm_init.c), and are taken with a reference as any other.
 */
export const pageStateTest = /^(folio_test_|Page[A-Z])/;

/**
 * Tests of whether a page is reserved. A user may have some that are, the page of zeros and those of a device's memory, and whoever takes
 * references on user pages takes them on these, too: include/linux/page-flags.h, virt/kvm/kvm_main.c (`kvm_pfn_to_refcounted_page()`).
 */
export const reservedTests: readonly string[] = ['PageReserved', 'folio_test_reserved'];

/** In the text of a function that tells those from the others. */
export const reservedExceptions = /zero_p(fn|age)|zone_device|devmap|fsdax|is_pci_p2pdma/i;

/** In the name of a test of a frame number: true for one that stands for an error, or for no page. include/linux/kvm_host.h */
export const noFrameName = /_err|error|noslot|(?:^|_)is_\w+_pfn$|(?<!^Page)reserved/i;
/** In the name of one that says, either way, whether there is a page to drop. */
export const frameTestName = /err|valid|refcounted|noslot|reserved/i;
/** True for a frame number with a page. */
export const frameTest = 'pfn_valid';

/**
 * In the text of a function: it asks whether an MMU notifier was called since it looked at the page table, and maps a page where none was.
 * include/linux/mmu_notifier.h, kvm_host.h
 */
export const notifierQuestion = /\bmmu_(?:interval|invalidate|notifier)_\w*retry\w*\s*\(/;

/** In the text of a function: it hands on the number of a page's frame, as who maps a page does. include/linux/mm.h */
export const frameHandedOn = /\w\s*\([^;{}]*\bpage_to_pfn\s*\(/;

/** Operations by which an MMU notifier tells that pages go from the page table: the operations' struct, and the member. include/linux/mmu_notifier.h */
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

/** In the text of a function: it takes a reference on a page of which nobody need hold one. include/linux/mm.h, page_ref.h */
export const tryingText = /\b(?:try_get_page|folio_try_get\w*|get_page_unless_zero|page_cache_get_speculative)\s*\(/;
