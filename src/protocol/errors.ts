/** Names of error numbers, which all are above zero: include/uapi/asm-generic/errno-base.h and errno.h. Drivers that come from other systems return them as they are. */
export const errorNames: ReadonlySet<string> = new Set(
  (
    'EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ' +
    'ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ' +
    'ENOLCK ENOSYS ENOTEMPTY ELOOP EWOULDBLOCK ENODATA ETIME EPROTO EOVERFLOW EMSGSIZE EOPNOTSUPP ENOTSUPP EADDRINUSE ENETDOWN ' +
    'ECONNRESET ENOBUFS ENOTCONN ETIMEDOUT ECONNREFUSED EALREADY EINPROGRESS ESTALE EREMOTEIO EDQUOT ECANCELED'
  ).split(' '),
);

/** Errors that say of a request that it goes on, and is ended elsewhere: include/linux/errno.h, crypto/algapi.h. */
export const goingOn: ReadonlySet<string> = new Set(['-EIOCBQUEUED', '-EINPROGRESS']);

/** Calls that give what they are given, as another type: include/linux/err.h, xarray.h. */
export const errorCalls = /^(PTR_ERR|ERR_PTR|ERR_CAST|PTR_ERR_OR_ZERO|xa_err)$/;

/** Of those, the ones that give a number. */
export const errorNumberCalls = /^(PTR_ERR|PTR_ERR_OR_ZERO|xa_err)$/;

/** Of those, the ones that give zero for what is no error. */
export const errorOrZeroCalls = /^(PTR_ERR_OR_ZERO|xa_err)$/;

/** Calls that ask whether a pointer is an error, and the one that asks whether it is none as well. */
export const errorTests = /^(IS_ERR(_OR_NULL)?|xa_is_err)$/;
export const errorOrNullTest = 'IS_ERR_OR_NULL';

/** The same of a number: include/linux/err.h. */
export const errorNumberTest = 'IS_ERR_VALUE';

/** Calls that ask whether an address that was made for a device is an error, `dma_mapping_error()`. include/linux/dma-mapping.h */
export const mappingTests = /_mapping_error$/;

/** In the name of one of them, or of one that asks the same of a number, as `IS_ERR_VALUE()`. */
export const errorTestName = /^IS_ERR/;

/** Before the condition that they are given: what its author holds for impossible. include/asm-generic/bug.h */
export const assertingText = String.raw`\bWARN(_ON)?(_ONCE)?\s*\([\s!(]*`;
