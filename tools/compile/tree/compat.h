/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The macros of the kernel's headers, and functions as macros, that programs
 * use: BTF knows only types. A program gets those that it names and does not
 * define itself, and the types that they need in turn. Those of networks are in
 * compat_net.h.
 */

/* linux/stddef.h, compiler.h, kernel.h */
#define NULL ((void *)0)
#define true 1
#define false 0
#define offsetof(type, member) __builtin_offsetof(type, member)
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define offsetofend(type, member) \
	(__builtin_offsetof(type, member) + sizeof(((type *)0)->member))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - __builtin_offsetof(type, member)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define noinline __attribute__((noinline))
#define __maybe_unused __attribute__((unused))
#define __packed __attribute__((packed))
#define __aligned(n) __attribute__((aligned(n)))
#define __user
#define __rcu
#define __percpu
#define __force
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() asm volatile("" ::: "memory")
#define IS_ERR(ptr) ((unsigned long)(ptr) >= (unsigned long)-4095)
#define IS_ERR_OR_NULL(ptr) (!(ptr) || IS_ERR(ptr))
#define PTR_ERR(ptr) ((long)(ptr))
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define BITS_PER_BYTE 8
#define BITS_PER_LONG 64
#define div_u64(n, d) ((u64)(n) / (u32)(d))
#define div64_u64(n, d) ((u64)(n) / (u64)(d))
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define memcpy(to, from, n) __builtin_memcpy(to, from, n)
#define memmove(to, from, n) __builtin_memmove(to, from, n)
#define memset(to, byte, n) __builtin_memset(to, byte, n)
#define memcmp(a, b, n) __builtin_memcmp(a, b, n)

/* linux/limits.h, time64.h, sched.h */
#define U8_MAX 0xff
#define U16_MAX 0xffff
#define U32_MAX 0xffffffffU
#define U64_MAX 0xffffffffffffffffULL
#define INT_MAX 0x7fffffff
#define UINT_MAX 0xffffffffU
#define LONG_MAX 0x7fffffffffffffffL
#define ULONG_MAX 0xffffffffffffffffUL
#define NAME_MAX 255
#define PATH_MAX 4096
#define NSEC_PER_SEC 1000000000L
#define NSEC_PER_MSEC 1000000L
#define NSEC_PER_USEC 1000L
#define USEC_PER_SEC 1000000L
#define MSEC_PER_SEC 1000L
#define TASK_COMM_LEN 16
#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2
#define TASK_DEAD 0x80
#define PF_EXITING 0x4
#define PF_KTHREAD 0x200000
#define MAX_NICE 19
#define MAX_RT_PRIO 100
#define MAX_PRIO 140
#define DEFAULT_PRIO 120

/* linux/kdev_t.h, fs.h, fcntl.h, stat.h, blkdev.h, blk_types.h, mm.h */
#define DISK_NAME_LEN 32
#define SECTOR_SHIFT 9
#define SECTOR_SIZE (1 << SECTOR_SHIFT)
#define REQ_OP_BITS 8
#define REQ_OP_MASK ((1 << REQ_OP_BITS) - 1)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define READ 0
#define WRITE 1
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_EXEC 0x20
#define FMODE_CREATED 0x100000
#define AT_FDCWD (-100)
#define O_ACCMODE 03
#define O_RDONLY 00
#define O_WRONLY 01
#define O_RDWR 02
#define O_CREAT 0100
#define O_EXCL 0200
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFLNK 0120000
#define S_IFREG 0100000
#define S_IFBLK 0060000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define S_ISLNK(mode) (((mode)&S_IFMT) == S_IFLNK)
#define S_ISREG(mode) (((mode)&S_IFMT) == S_IFREG)
#define S_ISDIR(mode) (((mode)&S_IFMT) == S_IFDIR)
#define S_ISCHR(mode) (((mode)&S_IFMT) == S_IFCHR)
#define S_ISBLK(mode) (((mode)&S_IFMT) == S_IFBLK)
#define S_ISFIFO(mode) (((mode)&S_IFMT) == S_IFIFO)
#define S_ISSOCK(mode) (((mode)&S_IFMT) == S_IFSOCK)
#define CLONE_VM 0x100
#define CLONE_THREAD 0x10000
#define MINORBITS 20
#define MAJOR(dev) ((unsigned int)(dev) >> MINORBITS)
#define MINOR(dev) ((unsigned int)(dev) & ((1U << MINORBITS) - 1))
#define MKDEV(major, minor) (((major) << MINORBITS) | (minor))

/* linux/scatterlist.h */
#define sg_is_chain(sg) ((sg)->page_link & 1UL)
#define sg_is_last(sg) ((sg)->page_link & 2UL)
#define sg_chain_ptr(sg) ((struct scatterlist *)((sg)->page_link & ~3UL))

/* asm/errno.h, as all machines of libbcc but mips have it */
#define EPERM 1
#define ENOENT 2
#define ESRCH 3
#define EINTR 4
#define EIO 5
#define E2BIG 7
#define EBADF 9
#define EAGAIN 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define EINVAL 22
#define ENOSPC 28
#define EPIPE 32
#define ERANGE 34
#define EPROTO 71
#define EADDRINUSE 98
#define EADDRNOTAVAIL 99
#define ENETDOWN 100
#define ENETUNREACH 101
#define ECONNABORTED 103
#define ECONNRESET 104
#define ENOBUFS 105
#define ETIMEDOUT 110
#define ECONNREFUSED 111
#define EHOSTUNREACH 113
#define EINPROGRESS 115

/* asm/byteorder.h; TREE_BE16() and the others are in types.h */
#define ntohs(x) TREE_BE16(x)
#define htons(x) TREE_BE16(x)
#define ntohl(x) TREE_BE32(x)
#define htonl(x) TREE_BE32(x)
#define __constant_ntohs(x) TREE_BE16(x)
#define __constant_htons(x) TREE_BE16(x)
#define __constant_ntohl(x) TREE_BE32(x)
#define __constant_htonl(x) TREE_BE32(x)
#define __constant_cpu_to_be16(x) TREE_BE16(x)
#define __constant_cpu_to_be32(x) TREE_BE32(x)
#define be16_to_cpu(x) TREE_BE16(x)
#define be32_to_cpu(x) TREE_BE32(x)
#define be64_to_cpu(x) TREE_BE64(x)
#define cpu_to_be16(x) TREE_BE16(x)
#define cpu_to_be32(x) TREE_BE32(x)
#define cpu_to_be64(x) TREE_BE64(x)
#define __be16_to_cpu(x) TREE_BE16(x)
#define __be32_to_cpu(x) TREE_BE32(x)
#define __be64_to_cpu(x) TREE_BE64(x)
#define __cpu_to_be16(x) TREE_BE16(x)
#define __cpu_to_be32(x) TREE_BE32(x)
#define __cpu_to_be64(x) TREE_BE64(x)
