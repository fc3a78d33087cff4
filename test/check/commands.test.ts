/** Pages that are dropped although the command which takes them back has failed. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'use-after-release';

const host = `struct host { struct device *dev; };
struct header { u32 command; };
struct make_message { struct header header; u64 table; };
struct end_message { struct header header; u32 handle; };
union message { struct header header; struct make_message make; struct end_message end; };
struct region { struct host *host; struct page **pages; int n; u32 handle; };
enum { HOST_CREATE_REGION, HOST_DESTROY_REGION, HOST_DESTROY_LOG };
`;
const making = `int host_send(struct host *h, void *message, void *answer)
{
	return wait_for_answer(h, message, answer);
}
int region_make(struct host *h, struct region *r, unsigned long a)
{
	union message message;
	struct make_message *make = &message.make;
	int got = pin_user_pages_fast(a, r->n, FOLL_WRITE | FOLL_LONGTERM, r->pages);

	if (got != r->n) {
		if (got > 0)
			unpin_user_pages(r->pages, got);
		return -EFAULT;
	}
	r->host = h;
	make->header.command = HOST_CREATE_REGION;
	make->table = table_of(r);
	if (host_send(h, &message, &r->handle)) {
		unpin_user_pages(r->pages, r->n);
		return -EIO;
	}
	return 0;
}
`;
const printed = (call: string, device: string) => `err = ${call};\n\tif (err)\n\t\tdev_warn(${device}, "stays: %d\\n", err);`;
const dropped = '\tunpin_user_pages_dirty_lock(r->pages, r->n, true);\n\tkfree(r);\n';
const send = 'host_send(r->host, &message, NULL)';
const ending = (filled: string, call = printed(send, 'r->host->dev')) => `${host}${making}void region_end(struct region *r)
{
	union message message;
	struct end_message *end = &message.end;
	int err;

	memset(end, 0, sizeof(*end));
	${filled}
	${call}
${dropped}}
`;
const destroy = 'end->header.command = HOST_DESTROY_REGION;';
const handle = 'end->handle = r->handle;';

describe('a command that fails', () => {
  complains(rule, 'pages that are dropped once it is printed', ending(`${destroy}\n\t${handle}`), `region_end:err = ${send};`);
  complains(
    rule,
    'one in a message of its own type',
    ending(
      `struct end_message own = { .header.command = HOST_DESTROY_REGION };`,
      printed('host_send(r->host, &own, NULL)', 'r->host->dev'),
    ),
    'region_end:err = host_send(r->host, &own, NULL);',
  );
  complains(
    rule,
    'one that a helper sends for a handle',
    `${host}${making}static void handle_end(struct host *h, u32 handle)
{
	struct end_message message;
	int err;

	message.header.command = HOST_DESTROY_REGION;
	message.handle = handle;
	${printed('host_send(h, &message, NULL)', 'h->dev')}
}
void region_end(struct region *r)
{
	handle_end(r->host, r->handle);
${dropped}}
`,
    'handle_end:err = host_send(h, &message, NULL);',
  );
  accepts(
    rule,
    'pages that are left where they are',
    ending(`${destroy}\n\t${handle}`, `err = ${send};\n\tif (err) {\n\t\tdev_warn(r->host->dev, "lost\\n");\n\t\treturn;\n\t}`),
  );
  accepts(rule, 'a command whose opposite nobody sends', ending(`end->header.command = HOST_DESTROY_LOG;\n\t${handle}`));
  accepts(
    rule,
    'a message that is something else by then',
    ending(`${destroy}\n\t${handle}\n\thost_send(r->host, &message, NULL);\n\tend->header.command = HOST_QUERY_REGION;`),
  );
  accepts(
    rule,
    'the end of another object',
    ending(
      `struct region *o = spare();\n\n\t${destroy}\n\tend->handle = o->handle;`,
      printed('host_send(o->host, &message, NULL)', 'o->host->dev'),
    ),
  );
});

const card = (end: string, more = '') => `struct card { struct device *dev; struct event_queue *events; };
struct region { struct card *card; struct page **pages; int n, id; };
int card_command(struct card *c, int id, int command)
{
	return wait_for_card(c, id, command);
}
int region_make(struct card *c, struct region *r, unsigned long a)
{
	int got = pin_user_pages_fast(a, r->n, FOLL_WRITE | FOLL_LONGTERM, r->pages);

	if (got != r->n) {
		if (got > 0)
			unpin_user_pages(r->pages, got);
		return -EFAULT;
	}
	r->card = c;
	if (card_command(c, r->id, CARD_MAP_REGION)) {
		unpin_user_pages(r->pages, r->n);
		return -EIO;
	}
	return 0;
}
${more}${end}`;
const regionEnd = (call: string) => `void region_end(struct region *r)\n{\n\tint err;\n\n\t${printed(call, 'r->card->dev')}\n${dropped}}\n`;
/** Functions whose names say one thing for the making and another for the end, so that only their commands match. */
const named = (command: string) => `int card_new_region(struct card *c, int id)
{
	return card_command(c, id, CARD_MAP_REGION);
}
int card_destroy_region(struct card *c, int id)
{
	return card_command(c, id, ${command});
}
`;

describe('a command that is passed', () => {
  const call = 'card_command(r->card, r->id, CARD_UNMAP_REGION)';
  complains(rule, 'pages that are dropped once its failure is printed', card(regionEnd(call)), `region_end:err = ${call};`);
  accepts(rule, 'another command', card(regionEnd('card_command(r->card, r->id, CARD_FLUSH_REGION)')));
  const end = 'card_destroy_region(r->card, r->id)';
  complains(rule, 'one that the called function sends', card(regionEnd(end), named('CARD_UNMAP_REGION')), `region_end:err = ${end};`);
  accepts(rule, 'a function for its end that sends another one', card(regionEnd(end), named('CARD_FORGET_REGION')));
});

const shared = (ended: string) => `struct mem { struct page **pages; int n; void *kernel; };
struct events { struct mem mem; int id; };
struct queue { struct mem mem; int id; };
struct card { struct device *dev; struct events events; struct queue queue; };
int card_command(struct card *c, int id, int command)
{
	return wait_for_card(c, id, command);
}
static int mem_make(struct mem *m, struct ib_udata *udata, unsigned long a)
{
	if (udata) {
		if (pin_user_pages_fast(a, m->n, FOLL_WRITE | FOLL_LONGTERM, m->pages) != m->n)
			return -EFAULT;
		return 0;
	}
	m->kernel = vmalloc(m->n << PAGE_SHIFT);
	return m->kernel ? 0 : -ENOMEM;
}
static void mem_end(struct card *c, struct mem *m)
{
	if (m->kernel)
		vfree(m->kernel);
	else
		unpin_user_pages_dirty_lock(m->pages, m->n, true);
}
int queue_make(struct card *c, struct queue *q, struct ib_udata *udata, unsigned long a)
{
	return mem_make(&q->mem, udata, a) ?: card_command(c, q->id, CARD_MAP_QUEUE);
}
int events_make(struct card *c, struct events *e)
{
	return mem_make(&e->mem, NULL, 0) ?: card_command(c, e->id, CARD_MAP_QUEUE);
}
static void queue_off(struct card *c, int id)
{
	int err;

	${printed('card_command(c, id, CARD_UNMAP_QUEUE)', 'c->dev')}
}
static void events_free(struct card *c, struct events *e)
{
	mem_end(c, &e->mem);
}
static void queue_free(struct card *c, struct queue *q)
{
	mem_end(c, &q->mem);
}
void card_end(struct card *c)
{
	struct ${ended} *mine = &c->${ended};

	queue_off(c, mine->id);
	${ended}_free(c, mine);
}
`;

describe("the end of a card's own object", () => {
  complains(rule, "one in a user's pages", shared('queue'), 'queue_off:err = card_command(c, id, CARD_UNMAP_QUEUE);');
  accepts(rule, "one of the kernel's own", shared('events'));
});
