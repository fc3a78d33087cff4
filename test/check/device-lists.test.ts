/** Pages in a list of an object that one function fills and another gives to a device. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const rule = 'needs-pin';

const sent = ({ take = 'get_user_pages_fast', drop = 'put_page', give = 'r->sg', more = '', fill = 'r' } = {}): string => `
struct req { int n; struct page **pages; struct scatterlist sg[16]; struct scatterlist own[16]; struct sg_table sgt; };
static void req_fill(struct req *r)
{
	int i;

	for (i = 0; i < r->n; i++)
		sg_set_page(&r->sg[i], r->pages[i], PAGE_SIZE, 0);
}
${more}
static int req_send(struct virtqueue *vq, unsigned long addr, struct req *r)
{
	int got, ret;

	got = ${take}(addr, r->n, FOLL_WRITE, r->pages);
	if (got != r->n) {
		while (got > 0)
			${drop}(r->pages[--got]);
		return -EFAULT;
	}
	req_fill(${fill});
	ret = virtqueue_add_inbuf(vq, ${give}, r->n, r, GFP_ATOMIC);
	if (!ret)
		req_wait(vq);
	while (got) {
		set_page_dirty_lock(r->pages[--got]);
		${drop}(r->pages[got]);
	}
	return ret;
}
`;
const taken = 'req_send:got = get_user_pages_fast(addr, r->n, FOLL_WRITE, r->pages);';

describe('a scatterlist that a helper fills from the pages of an object', () => {
  complains(rule, 'given to a device', sent(), taken);
  accepts(rule, 'given to a device, of pinned pages', sent({ take: 'pin_user_pages_fast', drop: 'unpin_user_page' }));
  accepts(rule, 'while another one is given to a device', sent({ give: 'r->own' }));
  accepts(rule, 'given to nobody', sent({ give: 'NULL' }));
  complains(
    rule,
    'mapped by one more helper',
    sent({
      give: 'NULL',
      more: `static int req_map(struct device *dev, struct req *r)
{
	return dma_map_sg(dev, r->sg, r->n, DMA_FROM_DEVICE);
}`,
    }),
    taken,
  );
});
