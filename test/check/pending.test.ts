/** Objects in which pages wait to replace others, and that end before they have. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';
import { region } from './region.js';

interface Queue {
  /** Of the function that takes the new pages, behind that. */
  taken?: string;
  /** Of the function that ends the queue. */
  end?: string;
  /** Another function of the file. */
  other?: string;
  name?: string;
  /** A function behind all others. */
  last?: string;
}

const queue = ({ taken = '', end = '', other = '', name = 'queue_destroy', last = '' }: Queue): string => `${region}
struct base { int id; };
struct queue { struct base base; struct region *r; struct region *next; int size; };
static void queue_switch(struct queue *q)
{
	if (q->next) {
		region_put(q->r);
		q->r = q->next;
		q->next = NULL;
	}
}
int queue_create(struct base *base, unsigned long a, int n)
{
	struct queue *q = container_of(base, struct queue, base);

	q->r = region_get(a, n);
	if (IS_ERR(q->r))
		return PTR_ERR(q->r);
	return 0;
}
int queue_resize(struct base *base, unsigned long a, int n)
{
	struct queue *q = container_of(base, struct queue, base);
	int ret = -EBUSY;

	if (q->next)
		return -EBUSY;
	q->next = region_get(a, n);
	if (IS_ERR(q->next)) {
		ret = PTR_ERR(q->next);
		q->next = NULL;
		return ret;
	}
	ret = hw_resize(q->size, n);
	if (ret) {
		region_put(q->next);
		q->next = NULL;
		return ret;
	}
	${taken}
	return 0;
}
int queue_poll(struct base *base)
{
	struct queue *q = container_of(base, struct queue, base);

	queue_switch(q);
	return hw_poll(q->size);
}
${other}
int ${name}(struct base *base)
{
	struct queue *q = container_of(base, struct queue, base);

	hw_destroy(q->size);
	region_put(q->r);
	${end}
	return 0;
}
${last}`;

/** A function that calls the one that resizes a queue, or the one that ends it. @param ended what is done for the second */
const request = (
  ended: string,
  resized = 'return queue_resize(base, arg, 4);',
): string => `long queue_request(struct base *base, int cmd, unsigned long arg)
{
	struct queue *q = container_of(base, struct queue, base);

	switch (cmd) {
	case 1:
		${resized}
	case 2:
		${ended}
	}
	return -ENOTTY;
}
`;

describe('an object in which pages wait to replace others', () => {
  complains('leak-on-path', 'an end that drops those alone', queue({}), 'queue_destroy:region_put(q->r);');
  accepts('leak-on-path', 'an end that drops both', queue({ end: 'if (q->next)\n\t\tregion_put(q->next);' }));
  accepts('leak-on-path', 'an end that waits', queue({ end: 'flush_work(&q->work);' }));
  accepts('leak-on-path', 'what is no end', queue({ name: 'queue_shrink' }));
  accepts('leak-on-path', 'pages that replace the others at once', queue({ taken: 'queue_switch(q);' }));
  accepts(
    'leak-on-path',
    'somebody else who drops them',
    queue({ other: 'void queue_halt(struct queue *q)\n{\n\tif (q->next)\n\t\tregion_put(q->next);\n\tq->next = NULL;\n}' }),
  );
  const place = 'queue_destroy:region_put(q->r);';
  complains('leak-on-path', 'a request that resizes or ends it', queue({ last: request('return queue_destroy(base);') }), place);
  complains(
    'leak-on-path',
    'a request that resizes it or ends it, behind a lock',
    queue({ last: request('lock(q);\n\t\tqueue_destroy(base);\n\t\tbreak;', 'lock(q);\n\t\tqueue_resize(base, arg, 4);\n\t\tbreak;') }),
    place,
  );
  accepts(
    'leak-on-path',
    'a request that does not end it while pages wait',
    queue({ last: request('if (q->next)\n\t\t\treturn -EBUSY;\n\t\treturn queue_destroy(base);') }),
  );
  accepts(
    'leak-on-path',
    'a request that moves them first',
    queue({ last: request('queue_poll(base);\n\t\treturn queue_destroy(base);') }),
  );
  accepts(
    'leak-on-path',
    'a request that resizes it and goes on to its end',
    queue({ last: request('return queue_destroy(base);', 'queue_resize(base, arg, 4);\n\t\tfallthrough;') }),
  );
  const resized = /\tstruct queue \*q = container_of[^\n]*\n\tint ret = -EBUSY;[\s\S]*?\treturn 0;\n(?=}\nint queue_poll)/;
  const elsewhere = (text: string): string =>
    text.replace(resized, '#ifdef CONFIG_FIXED_QUEUES\n\treturn hw_refuse(base);\n#else\n$&#endif\n');
  complains('leak-on-path', 'an end that drops those alone, on some kernels', elsewhere(queue({})), 'queue_destroy:region_put(q->r);');
  accepts('leak-on-path', 'an end that drops both, on some kernels', elsewhere(queue({ end: 'if (q->next)\n\t\tregion_put(q->next);' })));
});
