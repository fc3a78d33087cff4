/**
 * The mistakes. To add one, add an entry: its name, what it is, the question of the thread that it answers, and how it changes a correct
 * plan.
 */
import type { Plan } from './plan.js';

/** A mistake that a driver can make. */
export interface Misuse {
  readonly name: string;
  readonly about: string;
  /** The question of the thread that its row answers. */
  readonly question: string;
  /** Turns the correct driver into a mistaken one. */
  readonly change: (plan: Plan) => Plan;
}

const releasedBy = (plan: Plan, ...release: ('put' | 'unpin')[]): Plan => ({
  ...plan,
  entries: plan.entries.map((entry) => ({ ...entry, release })),
});

/** The user's pages, followed by one of the driver's own. */
const mixed = (plan: Plan): Plan => ({ ...plan, entries: [...plan.entries, { take: 'own', page: 0, release: [] }] });

/** At least two pages, so that the second can be missing. */
const several = ({ entries }: Plan): Plan['entries'] => (entries.length > 1 ? entries : [entries[0]!, { ...entries[0]!, page: 1 }]);

/** No mistake. */
export const correct: Misuse = {
  name: 'none',
  about: 'a correct program',
  question: 'is it worth it? What does each design do for a program in which nobody makes a mistake?',
  change: (plan) => plan,
};

/** All mistakes, in the order of the matrix's rows. */
export const misuses: readonly Misuse[] = [
  correct,
  {
    name: 'put-for-pin',
    about: 'put_page() for a pin',
    question: '"If someone uses a mistaken put_page() then how will that bug manifest at runtime?"',
    change: (plan) => releasedBy(plan, 'put'),
  },
  {
    name: 'unpin-for-get',
    about: 'an unpin for a plain reference',
    question: 'the same mistake the other way round, in a half converted tree',
    change: (plan) => ({ ...plan, entries: plan.entries.map((entry) => ({ ...entry, take: 'get', release: ['unpin'] })) }),
  },
  {
    name: 'no-release',
    about: 'no release',
    question: '"a page that can never be evicted from memory"',
    change: (plan) => releasedBy(plan),
  },
  {
    name: 'release-twice',
    about: 'the right release, twice',
    question: '"what set of circumstances will the kernel trigger the bug?"',
    change: (plan) => releasedBy(plan, 'unpin', 'unpin'),
  },
  {
    name: 'mixed-put',
    about: 'put_page() for all of an array of mixed origin',
    question: '"pile all the gup-pinned pages into the same page** array that also contains other allocation types"',
    change: (plan) => releasedBy(mixed(plan), 'put'),
  },
  {
    name: 'mixed-unpin',
    about: 'an unpin for all of an array of mixed origin',
    question: 'the same array, after its release loop was collapsed into put_user_pages()',
    change: (plan) => releasedBy(mixed(plan), 'unpin'),
  },
  {
    name: 'short-pin',
    about: 'a short pin, and what was had is not dropped',
    question: 'the ad-hoc loops that "cannot" be collapsed',
    change: (plan) => ({ ...plan, entries: several(plan), short: 'kept' }),
  },
  {
    name: 'refetched-put',
    about: 'a page fetched back from the SGL, and put_page() for the pin',
    question: '"at put_page time we get the page back out of the sgl via sg_page(). So type safety will not help this case"',
    change: (plan) => releasedBy({ ...plan, container: plan.container === 'array' ? 'sgl' : plan.container }, 'put'),
  },
  {
    name: 'release-during-dma',
    about: 'released while the device still writes',
    question: 'what a pin is for: "a pretty reasonable flow for DMA with user pages"',
    change: (plan) => ({ ...plan, waits: false }),
  },
  {
    name: 'dirty-not-set',
    about: 'the device wrote, and the page is not marked dirty',
    question: 'why there are put_user_pages_dirty() and put_user_pages_dirty_lock()',
    change: (plan) => ({ ...plan, dirty: 'never' }),
  },
  {
    name: 'dirty-after-release',
    about: 'the page is marked dirty after it was released',
    question: 'why the dirtying is inside put_user_pages_dirty()',
    change: (plan) => ({ ...plan, dirty: 'after' }),
  },
];
