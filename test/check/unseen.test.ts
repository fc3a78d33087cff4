/** Functions that end an object and fail before they have dropped its pages, and of which nobody looks at the result. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const session = `struct session { struct page **pages; int n; int id; atomic_t users; };
static int session_map(struct session *s, unsigned long a, int n)
{
	struct page **pages = kcalloc(n, sizeof(*pages), GFP_KERNEL);

	if (!pages)
		return -ENOMEM;
	if (pin_user_pages_fast(a, n, FOLL_LONGTERM, pages) != n) {
		kfree(pages);
		return -EFAULT;
	}
	s->pages = pages;
	s->n = n;
	return 0;
}
static void session_unmap(struct session *s)
{
	unpin_user_pages(s->pages, s->n);
	kfree(s->pages);
}
`;

const operation = (
  stop: string,
  failed: string,
  end: string,
): string => `${session}static int session_close(struct inode *inode, struct file *file)
{
	struct session *s = file->private_data;
	int ret;

	mutex_lock(&lock);
	ret = ${stop};
	if (ret) {
		dev_err(dev, "not stopped\\n");
		${failed}
	}
	session_unmap(s);
	${end}
	ret = 0;
unlock:
	mutex_unlock(&lock);
	return ret;
}
static long session_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return session_map(file->private_data, arg, 4);
}
static const struct file_operations ops = { .release = session_close, .unlocked_ioctl = session_ioctl };
`;

describe('a release of a file that fails early', () => {
  for (const end of ['kfree(s);', 'kfree((void *)s);'])
    complains(
      'leak-on-path',
      `with the pages in what it would free, by ${end}`,
      operation('hw_stop(s->id)', 'goto unlock;', end),
      'session_close:if (ret) {',
    );
  accepts('leak-on-path', 'one that goes on', operation('hw_stop(s->id)', '', 'kfree(s);'));
  accepts('leak-on-path', 'one that drops them then', operation('hw_stop(s->id)', 'session_unmap(s); goto unlock;', 'kfree(s);'));
  accepts('leak-on-path', 'one that leaves them to another user', operation('atomic_dec_return(&s->users)', 'goto unlock;', 'kfree(s);'));
  accepts('leak-on-path', 'an object that stays, and that may be closed again', operation('hw_stop(s->id)', 'goto unlock;', 's->n = 0;'));
});

const helper = (call: string, early: string): string => `${session}static int session_free(struct session *s)
{
	int ret = hw_stop(s->id);

	if (ret)
		${early}
	session_unmap(s);
	return 0;
}
int session_destroy(struct base *b)
{
	struct session *s = container_of(b, struct session, base);

	${call}
	return 0;
}
int session_create(struct session *s, unsigned long a)
{
	return session_map(s, a, 4);
}
`;

describe('a helper that frees, and fails early', () => {
  complains(
    'leak-on-path',
    'where its caller does not look at the result',
    helper('session_free(s);', 'return ret;'),
    'session_free:if (ret)',
  );
  accepts('leak-on-path', 'where its caller hands the failure on', helper('return session_free(s);', 'return ret;'));
  accepts('leak-on-path', 'one that goes on', helper('session_free(s);', 'hw_reset(s->id);'));
});

/** One of several objects is ended by its number: on request, where a failure is told, and with all others at the end. */
const several = (
  early: string,
  all: string,
  name = 'pool_fini',
): string => `${session}struct pool { struct list_head sessions; struct mutex lock; };
struct entry { struct list_head list; struct session *s; int id; };
static int pool_end(struct pool *p, int id, bool closing)
{
	struct entry *e = entry_of(p, id);
	struct session *s = e->s;
	int ret = 0;

	list_del(&e->list);
	${early}
	if (!closing)
		ret = hw_flush(p);
	kfree(e);
	session_unmap(s);
	return ret;
back:
	mutex_lock(&p->lock);
	list_add(&e->list, &p->sessions);
	mutex_unlock(&p->lock);
	return ret;
}
long pool_ioctl(struct pool *p, struct session *s, unsigned int cmd, unsigned long arg)
{
	long ret;

	if (cmd == POOL_MAP)
		ret = session_map(s, arg, 4);
	else
		ret = pool_end(p, arg, false);
	return ret;
}
void ${name}(struct pool *p)
{
	struct entry *e, *n;

	${all}
	hw_stop(p);
}
`;

const failing = 'ret = hw_stop(s->id);\n\tif (ret)\n\t\tgoto back;';
const every = (call: string): string => `list_for_each_entry_safe(e, n, &p->sessions, list)\n\t\t${call}`;

describe('an end of one object that fails early and puts it back', () => {
  complains(
    'leak-on-path',
    'for who ends all of them and does not look',
    several(failing, every('pool_end(p, e->id, true);')),
    'pool_end:if (ret)',
  );
  accepts('leak-on-path', 'for who looks', several(failing, every('while (pool_end(p, e->id, true)) hw_wait(p);')));
  accepts('leak-on-path', 'for who drops what is left', several(failing, every('{ pool_end(p, e->id, true); session_unmap(e->s); }')));
  accepts('leak-on-path', 'for who ends one of them', several(failing, 'pool_end(p, 0, true);'));
  accepts('leak-on-path', 'for who is no end', several(failing, every('pool_end(p, e->id, true);'), 'pool_shrink'));
  accepts(
    'leak-on-path',
    'but not at the end',
    several(failing.replace('if (ret)', 'if (!closing && ret)'), every('pool_end(p, e->id, true);')),
  );
  accepts('leak-on-path', 'that goes on', several('ret = hw_stop(s->id);', every('pool_end(p, e->id, true);')));
});
