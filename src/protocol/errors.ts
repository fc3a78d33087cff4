/**
 * Names of error numbers, which are all positive: include/uapi/asm-generic/errno-base.h and errno.h. Drivers that come from other systems
 * return them without a minus sign.
 */
export const errorNames: ReadonlySet<string> = new Set(
  (
    'EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ' +
    'ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ' +
    'ENOLCK ENOSYS ENOTEMPTY ELOOP EWOULDBLOCK ENODATA ETIME EPROTO EOVERFLOW EMSGSIZE EOPNOTSUPP ENOTSUPP EADDRINUSE ENETDOWN ' +
    'ECONNRESET ENOBUFS ENOTCONN ETIMEDOUT ECONNREFUSED EALREADY EINPROGRESS ESTALE EREMOTEIO EDQUOT ECANCELED'
  ).split(' '),
);

/** Errors which say that a request was started and will be completed elsewhere: include/linux/errno.h, crypto/algapi.h. */
export const goingOn: ReadonlySet<string> = new Set(['-EIOCBQUEUED', '-EINPROGRESS']);

/** Matches calls that convert between pointers and error numbers: include/linux/err.h, xarray.h. */
export const errorCalls = /^(PTR_ERR|ERR_PTR|ERR_CAST|PTR_ERR_OR_ZERO|xa_err)$/;

/** Of those, the ones that return a number. */
export const errorNumberCalls = /^(PTR_ERR|PTR_ERR_OR_ZERO|xa_err)$/;

/** Of those, the ones that return zero for what is no error. */
export const errorOrZeroCalls = /^(PTR_ERR_OR_ZERO|xa_err)$/;

/** Matches tests whether a pointer is an error, including the one that is also true for NULL. */
export const errorTests = /^(IS_ERR(_OR_NULL)?|xa_is_err)$/;
/** The test that is also true for NULL. */
export const errorOrNullTest = 'IS_ERR_OR_NULL';

/** The same test of a number: include/linux/err.h. */
export const errorNumberTest = 'IS_ERR_VALUE';

/** Matches tests whether an address for a device is an error, `dma_mapping_error()`: include/linux/dma-mapping.h */
export const mappingTests = /_mapping_error$/;

/** Matches in the name of a test for an error pointer or, as `IS_ERR_VALUE()`, an error number. */
export const errorTestName = /^IS_ERR/;

/** A pattern for where such a test is called. */
export const errorTestText = String.raw`\bIS_ERR\w*\s*\(`;

/** A pattern for what comes before a condition that its author holds impossible: include/asm-generic/bug.h */
export const assertingText = String.raw`\bWARN(_ON)?(_ONCE)?\s*\([\s!(]*`;
