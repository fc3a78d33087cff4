import type { ContainerStruct, ReleaseCall, Transfer } from './types.js';

/** skbs and sk_msgs: include/linux/skbuff.h, net/core/skbuff.c, net/core/skmsg.c. */
export const networkStructs: readonly ContainerStruct[] = [
  { tag: 'skb_shared_info', content: '@skb', pageFields: [], same: ['frags'] },
  { tag: 'skb_frag', content: '@skb', pageFields: ['bv_page', 'netmem'], same: ['page', 'p', 'bv_page'] },
  { tag: 'skb_frag_struct', content: '@skb', pageFields: [], same: ['page', 'p'] },
  { tag: 'skb_frag_t', content: '@skb', pageFields: ['bv_page', 'netmem'], same: ['page', 'p'] },
];

/** Calls that move pages into and out of skbs. */
export const networkTransfers: readonly Transfer[] = [
  { name: 'skb_fill_page_desc', moves: [['2', '0@skb']] },
  { name: '__skb_fill_page_desc', moves: [['2', '0@skb']] },
  {
    name: '__skb_fill_page_desc_noacc',
    moves: [
      ['1', '0@skb'],
      ['2', '0@skb'],
    ],
  },
  { name: 'skb_fill_page_desc_noacc', moves: [['2', '0@skb']] },
  { name: 'skb_frag_fill_page_desc', moves: [['1', '0@skb']] },
  { name: 'skb_add_rx_frag', moves: [['2', '0@skb']] },
  { name: '__skb_frag_set_page', moves: [['1', '0@skb']] },
  { name: 'skb_frag_set_page', moves: [['2', '0@skb']] },
  { name: 'skb_frag_page', moves: [['0@skb', 'return']] },
  { name: 'skb_shinfo', moves: [['0@skb', 'return@skb']], returns: 'skb_shared_info' },
];

/** Calls that drop the pages of skbs and sk_msgs. */
export const networkReleases: readonly ReleaseCall[] = [
  { name: 'kfree_skb', pages: '0@skb', shape: 'container', drops: 'get', era: 'all' },
  { name: 'consume_skb', pages: '0@skb', shape: 'container', drops: 'get', era: 'all' },
  { name: 'dev_kfree_skb', pages: '0@skb', shape: 'container', drops: 'get', era: 'all' },
  { name: 'dev_kfree_skb_any', pages: '0@skb', shape: 'container', drops: 'get', era: 'all' },
  { name: 'skb_frag_unref', pages: '0@skb', shape: 'container', drops: 'get', one: { at: 1, count: 'nr_frags' }, era: 'all' },
  { name: '__skb_frag_unref', pages: '0@skb', shape: 'container', drops: 'get', era: 'all' },
  { name: 'sk_msg_free', pages: '1.sg.data@sgl', shape: 'container', drops: 'get', era: '4.20 on' },
  { name: 'page_ref_sub', pages: '0', shape: 'container', drops: 'get', era: 'all' },
];
