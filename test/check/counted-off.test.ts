/** Pages beside a count of their users, which is lowered by who drops none: whoever finds it at zero stores others over them. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

interface Table {
  /** What is asked of a slot before pages are taken for it. */
  asked?: string;
  /** What is done with the page behind the store. */
  behind?: string;
  /** By what the end of the table asks for a page. */
  left?: string;
  /** How a user is counted off. */
  lower?: string;
  /** What stands beside. */
  more?: string;
  /** What a queue does where it fails behind its slot, and at its end. */
  undo?: string;
  end?: string;
}

const slotOf = 's = &t->slots[index / 8];';

/** A table of a process's slots, each with a page that queues share; `table_free` drops what is left at its end. */
const table = ({
  asked = 'if (s->users) {\n\t\ts->users++;\n\t\tgoto out;\n\t}',
  behind = '',
  left = 'at',
  lower = '--s->users;',
  more = '',
  undo = 'slot_put(c->table, index);\n\t\treturn -EIO;',
  end = 'slot_put(c->table, index);',
}: Table = {}): string => `struct slot { unsigned long at; struct page *page; int users; };
struct table { struct mutex lock; int n; struct slot slots[16]; };
struct context { struct table *table; };
struct device;
int hw_create(struct device *d, int index);
int hw_map(struct page *page);
void hw_destroy(struct device *d, int index);
int slot_get(struct table *t, int index, unsigned long at)
{
	struct slot *s;
	struct page *page;
	int ret = 0;

	mutex_lock(&t->lock);
	${slotOf}
	if (s->at && s->at != at) {
		ret = -EINVAL;
		goto out;
	}
	${asked}
	ret = pin_user_pages_fast(at, 1, FOLL_WRITE | FOLL_LONGTERM, &page);
	if (ret < 0)
		goto out;
	ret = 0;
	s->page = page;
	${behind}
	s->at = at;
	s->users = 1;
out:
	mutex_unlock(&t->lock);
	return ret;
}
void slot_put(struct table *t, int index)
{
	struct slot *s;

	mutex_lock(&t->lock);
	${slotOf}
	${lower}
	mutex_unlock(&t->lock);
}
void table_free(struct table *t)
{
	int i;

	for (i = 0; i < t->n; i++)
		if (t->slots[i].${left})
			unpin_user_page(t->slots[i].page);
	kfree(t);
}
int queue_create(struct device *d, struct context *c, int index, unsigned long at)
{
	int err = slot_get(c->table, index, at);

	if (err)
		return err;
	if (hw_create(d, index)) {
		${undo}
	}
	return 0;
}
void queue_destroy(struct device *d, struct context *c, int index)
{
	hw_destroy(d, index);
	${end}
}
${more}`;

describe('pages beside a count of their users', () => {
  const place = 'slot_get:s->page = page;';
  complains('overwritten', 'that the last user leaves', table(), place);
  complains('overwritten', 'that the last user leaves, counted off otherwise', table({ lower: 's->users -= 1;' }), place);
  complains(
    'overwritten',
    'that the last user leaves, with a bound on the users',
    table({ asked: 'if (s->users >= 8)\n\t\tgoto out;\n\tif (s->users) {\n\t\ts->users++;\n\t\tgoto out;\n\t}' }),
    place,
  );
});

describe('pages beside a count of their users that are not stored over', () => {
  const silent = (name: string, how: Table) => accepts('overwritten', name, table(how));
  silent('as the last user drops them', { lower: 'if (--s->users == 0) {\n\t\tunpin_user_page(s->page);\n\t\ts->at = 0;\n\t}' });
  silent('as they are asked for, too', {
    asked: 'if (s->page) {\n\t\ts->users++;\n\t\tgoto out;\n\t}\n\tif (s->users)\n\t\tgoto out;',
  });
  silent('as what they stand for is asked for, too', {
    asked: 'if (s->users || s->at) {\n\t\ts->users++;\n\t\tgoto out;\n\t}',
  });
  silent('as a function is asked, too', {
    asked: 'if (s->users || slot_is_filled(s)) {\n\t\ts->users++;\n\t\tgoto out;\n\t}',
  });
  silent('as those before are dropped first', {
    asked: 'if (s->users) {\n\t\ts->users++;\n\t\tgoto out;\n\t}\n\tif (s->at)\n\t\tunpin_user_page(s->page);',
  });
  silent('as somebody drops those of which no user is left', {
    more: 'void table_trim(struct table *t)\n{\n\tint i;\n\n\tfor (i = 0; i < t->n; i++)\n\t\tif (!t->slots[i].users && t->slots[i].at) {\n\t\t\tunpin_user_page(t->slots[i].page);\n\t\t\tt->slots[i].at = 0;\n\t\t}\n}\n',
  });
  silent('as the count is never lowered', { lower: 's->users++;' });
  silent('as the last user forgets them elsewhere', { lower: 's->users--;\n\tslot_retire(s);' });
  silent('as only the table is ended by who counts a user off', {
    undo: 'return -EIO;',
    end: 'slot_put(c->table, index);\n\ttable_free(c->table);',
  });
  silent('as whoever fails ends the table', { undo: 'slot_put(c->table, index);\n\t\ttable_free(c->table);\n\t\treturn -EIO;' });
});

describe('a page beside a count of its users that is dropped as something fails', () => {
  const fails = (more: string) => ({
    behind: `if (hw_map(page)) {\n\t\tunpin_user_page(s->page);\n\t\t${more}ret = -EIO;\n\t\tgoto out;\n\t}`,
  });
  complains('double-release', 'in a place that stands for one', table(fails('')), 'slot_get:unpin_user_page(s->page);');
  accepts('double-release', 'in a place that stands for none then', table(fails('s->at = 0;\n\t\t')));
  accepts(
    'double-release',
    'in a place of which its end asks for something else',
    table({ ...fails('s->page = NULL;\n\t\t'), left: 'page' }),
  );
  accepts(
    'double-release',
    'in a place that its last user empties',
    table({ ...fails(''), lower: 'if (--s->users == 0) {\n\t\tunpin_user_page(s->page);\n\t\ts->at = 0;\n\t}' }),
  );
});
