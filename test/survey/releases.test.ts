import { describe } from 'vitest';
import { shows } from './helper.js';

const fill = (more = '') => `int f(struct foo *o, unsigned long a)\n{\n\to->nr = pin_user_pages_fast(a, 8, 0, o->pages);\n\tif (o->nr != 8)\n\t\treturn -EFAULT;\n${more}\treturn 0;\n}\n`;
const foo = (more = '') => `struct foo { struct page *pages[8]; int nr; ${more} };\n`;
const row = (release: string, scope = 'file') => `pin page-array car=foo.pages bulk@${scope} put:${release}:unpin_user_pages`;
const drop = 'unpin_user_pages(o->pages, o->nr);';

describe('5. another function, another file', () => {
  shows('another function', `${foo()}${fill()}void g(struct foo *o)\n{\n\t${drop}\n}`, row('g'));
  shows('the function above', `${foo()}void g(struct foo *o)\n{\n\t${drop}\n}\n${fill()}`, row('g'));
  shows('another file', { 'foo.h': foo(), 'a.c': `#include "foo.h"\n${fill()}`, 'b.c': `#include "foo.h"\nvoid g(struct foo *o)\n{\n\t${drop}\n}\n` }, row('b.c:g', 'cross-file'));
  shows('another folder', { 'include/foo.h': foo(), 'x/a.c': `#include "../include/foo.h"\n${fill()}`, 'y/b.c': `#include "../include/foo.h"\nvoid g(struct foo *o)\n{\n\t${drop}\n}\n` }, row('b.c:g', 'cross-file'));
  shows('this and another file', { 'foo.h': foo(), 'a.c': `#include "foo.h"\n${fill('\tif (prepare(o)) {\n\t\tunpin_user_pages(o->pages, o->nr);\n\t\treturn -EIO;\n\t}\n')}`, 'b.c': `#include "foo.h"\nvoid g(struct foo *o)\n{\n\t${drop}\n}\n` }, 'pin page-array car=foo.pages bulk@cross-file put:f:unpin_user_pages,b.c:g:unpin_user_pages');
  shows('an error way and a teardown of another form: the teardown gives the form', `${foo()}${fill('\tif (prepare(o)) {\n\t\tunpin_user_pages(o->pages, o->nr);\n\t\treturn -EIO;\n\t}\n')}void g(struct foo *o)\n{\n\tint i;\n\n\tfor (i = 0; i < o->nr; i++)\n\t\tunpin_user_page(o->pages[i]);\n}`, 'pin page-array car=foo.pages loop-collapsible@file put:f:unpin_user_pages,g:unpin_user_page');
  shows('under a test of a flag', `${foo('bool write;')}${fill()}void g(struct foo *o)\n{\n\tif (o->write)\n\t\tunpin_user_pages_dirty_lock(o->pages, o->nr, true);\n\telse\n\t\tunpin_user_pages(o->pages, o->nr);\n}`, 'pin page-array car=foo.pages bulk@file put:g:unpin_user_pages_dirty_lock,g:unpin_user_pages dirty=bulk');
  shows('two sites of one field share its releases', `${foo()}${fill()}${fill().replace('int f', 'int f2').replace('pin_user_pages_fast', 'pin_user_pages_fast_only')}void g(struct foo *o)\n{\n\t${drop}\n}`, row('g'), row('g'));
});

describe('5. callbacks', () => {
  shows('installed in an ops structure', `${foo()}${fill()}static void foo_put(struct foo *o)\n{\n\t${drop}\n}\nconst struct foo_ops foo_ops = {\n\t.put = foo_put,\n};`, row('foo_put'));
  shows('called through the ops structure', {
    'foo.h': `struct foo_ops;\n${foo('const struct foo_ops *ops;')}struct foo_ops { void (*put)(struct foo *o); };\n`,
    'core.c': '#include "foo.h"\nvoid core_close(struct foo *o)\n{\n\to->ops->put(o);\n}\n',
    'a.c': `#include "foo.h"\n${fill()}static void foo_put(struct foo *o)\n{\n\t${drop}\n}\nstatic const struct foo_ops ops = { .put = foo_put };\nvoid setup(struct foo *o) { o->ops = &ops; }\n`,
  }, row('foo_put'));
  shows('a local handed to a call through a pointer that one function is behind', {
    'a.c': 'struct ops { void (*drop)(struct page **p, int n); };\nstatic void drop_all(struct page **p, int n)\n{\n\tunpin_user_pages(p, n);\n}\nstatic const struct ops ops = { .drop = drop_all };\nint f(unsigned long a, const struct ops *o)\n{\n\tstruct page *pages[8];\n\n\tif (pin_user_pages_fast(a, 8, 0, pages) != 8)\n\t\treturn -1;\n\to->drop(pages, 8);\n\treturn 0;\n}\n',
  }, 'pin page-array bulk@file put:drop_all:unpin_user_pages');
  shows('a file operation', `${foo()}${fill()}static int foo_release(struct inode *inode, struct file *file)\n{\n\tstruct foo *o = file->private_data;\n\n\t${drop}\n\treturn 0;\n}\nstatic const struct file_operations foo_fops = { .release = foo_release };`, row('foo_release'));
  shows('a work item', `${foo('struct work_struct work;')}static void foo_work(struct work_struct *work)\n{\n\tstruct foo *o = container_of(work, struct foo, work);\n\n\t${drop}\n}\n${fill('\tINIT_WORK(&o->work, foo_work);\n\tschedule_work(&o->work);\n')}`, row('foo_work'));
  shows('a delayed work item', `${foo('struct delayed_work work;')}static void foo_work(struct work_struct *work)\n{\n\tstruct foo *o = container_of(to_delayed_work(work), struct foo, work);\n\n\t${drop}\n}\n${fill('\tINIT_DELAYED_WORK(&o->work, foo_work);\n')}`, row('foo_work'));
  shows('a kref release function', `${foo('struct kref ref;')}${fill()}static void foo_free(struct kref *ref)\n{\n\tstruct foo *o = container_of(ref, struct foo, ref);\n\n\t${drop}\n\tkfree(o);\n}\nvoid foo_put(struct foo *o)\n{\n\tkref_put(&o->ref, foo_free);\n}`, row('foo_free'));
  shows('an RCU callback', `${foo('struct rcu_head rcu;')}${fill()}static void foo_rcu(struct rcu_head *rcu)\n{\n\tstruct foo *o = container_of(rcu, struct foo, rcu);\n\n\t${drop}\n}\nvoid foo_retire(struct foo *o)\n{\n\tcall_rcu(&o->rcu, foo_rcu);\n}`, row('foo_rcu'));
  shows('a timer', `${foo('struct timer_list timer;')}static void foo_timeout(struct timer_list *t)\n{\n\tstruct foo *o = from_timer(o, t, timer);\n\n\t${drop}\n}\n${fill('\ttimer_setup(&o->timer, foo_timeout, 0);\n')}`, row('foo_timeout'));
  shows('a completion with a void pointer', `${foo()}static void foo_complete(void *data)\n{\n\tstruct foo *o = data;\n\n\t${drop}\n}\n${fill('\tdesc->callback = foo_complete;\n\tdesc->callback_param = o;\n')}`, row('foo_complete'));
  shows('a managed action', `${foo()}static void foo_action(void *data)\n{\n\tstruct foo *o = data;\n\n\t${drop}\n}\n${fill('\treturn devm_add_action_or_reset(dev, foo_action, o);\n')}`, row('foo_action'));
  shows('the end of a bio', `${foo()}static void foo_end(struct bio *bio)\n{\n\tstruct foo *o = bio->bi_private;\n\n\t${drop}\n}\n${fill('\tbio->bi_private = o;\n\tbio->bi_end_io = foo_end;\n')}`, row('foo_end'));
  shows('a list is walked', `${foo('struct list_head link;')}${fill('\tlist_add(&o->link, &all);\n')}void g(void)\n{\n\tstruct foo *o, *next;\n\n\tlist_for_each_entry_safe(o, next, &all, link) {\n\t\tlist_del(&o->link);\n\t\t${drop}\n\t\tkfree(o);\n\t}\n}`, row('g'));
  shows('a macro from the embedded member back to the struct', `${foo('struct base base;')}#define to_foo(b) container_of(b, struct foo, base)\n${fill()}static void g(struct base *b)\n{\n\tstruct foo *o = to_foo(b);\n\n\t${drop}\n}`, row('g'));
  shows('an inline function from the embedded member back to the struct', `${foo('struct base base;')}static inline struct foo *to_foo(struct base *b)\n{\n\treturn container_of(b, struct foo, base);\n}\n${fill()}static void g(struct base *b)\n{\n\tstruct foo *o = to_foo(b);\n\n\t${drop}\n}`, row('g'));
  shows('the field goes straight to a helper', `${foo()}static void helper(struct page **p, int n, bool dirty)\n{\n\tunpin_user_pages_dirty_lock(p, n, dirty);\n}\n${fill()}void g(struct foo *o)\n{\n\thelper(o->pages, o->nr, true);\n}`, 'pin page-array car=foo.pages bulk@file put:helper:unpin_user_pages_dirty_lock dirty=bulk');
});

describe('5. said out loud', () => {
  shows('never dropped', `${foo()}${fill()}`, 'pin page-array car=foo.pages none@function');
  shows('handed to a function that is not in the tree', 'int f(unsigned long a)\n{\n\tstruct page *pages[8];\n\n\tif (pin_user_pages_fast(a, 8, 0, pages) != 8)\n\t\treturn -1;\n\tvendor_submit(pages, 8);\n\treturn 0;\n}', 'pin page-array none@function gap');
  shows('handed to a call through a pointer that several could be behind', 'struct ops { void (*drop)(struct page **p, int n); };\nvoid d1(struct page **p, int n) { unpin_user_pages(p, n); }\nvoid d2(struct page **p, int n) { while (n--) unpin_user_page(p[n]); }\nconst struct ops o1 = { .drop = d1 };\nconst struct ops o2 = { .drop = d2 };\nint f(unsigned long a, const struct ops *o)\n{\n\tstruct page *pages[8];\n\n\tif (pin_user_pages_fast(a, 8, 0, pages) != 8)\n\t\treturn -1;\n\to->drop(pages, 8);\n\treturn 0;\n}', 'pin page-array none@function gap');
});
