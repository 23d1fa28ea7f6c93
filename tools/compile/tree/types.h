/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The integers of linux/types.h. All are what the kernel says they are, so
 * that BTF may say it again.
 */
#pragma clang system_header

/* All structs are those of the running kernel, byte for byte. */
#define TREE_OF_BTF 1

typedef signed char __s8;
typedef unsigned char __u8;
typedef short int __s16;
typedef short unsigned int __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long int __s64;
typedef long long unsigned int __u64;

typedef __s8 s8;
typedef __u8 u8;
typedef __s16 s16;
typedef __u16 u16;
typedef __s32 s32;
typedef __u32 u32;
typedef __s64 s64;
typedef __u64 u64;

typedef __u16 __le16;
typedef __u16 __be16;
typedef __u32 __le32;
typedef __u32 __be32;
typedef __u64 __le64;
typedef __u64 __be64;
typedef __u16 __sum16;
typedef __u32 __wsum;

typedef s8 int8_t;
typedef u8 uint8_t;
typedef s16 int16_t;
typedef u16 uint16_t;
typedef s32 int32_t;
typedef u32 uint32_t;
typedef s64 int64_t;
typedef u64 uint64_t;

typedef _Bool bool;
typedef long unsigned int size_t;
typedef long int ssize_t;
typedef long unsigned int uintptr_t;

typedef __u64 __aligned_u64 __attribute__((aligned(8)));

/* libbcc writes these for the fields of tracepoints. */
typedef unsigned int dev_t;
typedef unsigned int gfp_t;
typedef unsigned int gid_t;
typedef unsigned int uid_t;
typedef int pid_t;
typedef long unsigned int ino_t;
typedef long long int loff_t;
typedef u64 sector_t;
typedef short unsigned int umode_t;

/* Host to network order and back. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define TREE_BE16(x) ((__u16)__builtin_bswap16(x))
#define TREE_BE32(x) ((__u32)__builtin_bswap32(x))
#define TREE_BE64(x) ((__u64)__builtin_bswap64(x))
#else
#define TREE_BE16(x) ((__u16)(x))
#define TREE_BE32(x) ((__u32)(x))
#define TREE_BE64(x) ((__u64)(x))
#endif
