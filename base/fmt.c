/* A small printf into a buffer. */
#include "base/fmt.h"

#include <stdbool.h>
#include <stdint.h>

struct out {
	char *buf;
	size_t cap, n; /* n: length of the whole text, which may exceed cap */
};

/* What stands between the '%' of a conversion and its letter. */
struct spec {
	bool zero, has_precision;
	size_t width, precision;
	unsigned longs; /* 'l' seen; 'z' counts as one: size_t is a long here */
};

static void put(struct out *o, char c)
{
	if (o->n < o->cap)
		o->buf[o->n] = c;
	o->n++;
}

static void put_text(struct out *o, const char *p, size_t n, size_t width)
{
	for (size_t i = n; i < width; i++)
		put(o, ' ');
	for (size_t i = 0; i < n; i++)
		put(o, p[i]);
}

static void put_number(struct out *o, const struct spec *s, uint64_t v, unsigned base,
		       bool negative)
{
	char digits[24];
	size_t n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v != 0);
	if (negative && s->zero)
		put(o, '-');
	while (s->zero && n + negative < s->width && n < sizeof(digits) - 1)
		digits[n++] = '0';
	if (negative && !s->zero)
		digits[n++] = '-';
	for (size_t i = n; i < s->width && !s->zero; i++)
		put(o, ' ');
	while (n > 0)
		put(o, digits[--n]);
}

static size_t measure(const char *p, const struct spec *s)
{
	size_t n = 0;

	while ((!s->has_precision || n < s->precision) && p[n] != '\0')
		n++;
	return n;
}

/* Reads flags, width, precision and length from F. Returns a pointer to the conversion's letter. */
static const char *parse_spec(const char *f, struct spec *s, va_list *args)
{
	*s = (struct spec){0};
	if (*f == '0') {
		s->zero = true;
		f++;
	}
	while (*f >= '0' && *f <= '9')
		s->width = s->width * 10 + (size_t)(*f++ - '0');
	if (f[0] == '.' && f[1] == '*') {
		int n = va_arg(*args, int);

		s->has_precision = true;
		s->precision = n > 0 ? (size_t)n : 0;
		f += 2;
	}
	while (*f == 'l' || *f == 'z') {
		s->longs++;
		f++;
	}
	return f;
}

static void put_signed(struct out *o, const struct spec *s, va_list *args)
{
	int64_t v = s->longs ? va_arg(*args, long) : va_arg(*args, int);

	put_number(o, s, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, v < 0);
}

static void put_unsigned(struct out *o, const struct spec *s, unsigned base, va_list *args)
{
	uint64_t v = s->longs ? va_arg(*args, unsigned long) : va_arg(*args, unsigned);

	put_number(o, s, v, base, false);
}

static void put_string(struct out *o, const struct spec *s, va_list *args)
{
	const char *p = va_arg(*args, const char *);

	if (p == NULL && s->has_precision)
		p = "";
	else if (p == NULL)
		p = "(null)";
	put_text(o, p, measure(p, s), s->width);
}

size_t fmt_va(char *buf, size_t cap, const char *f, va_list args)
{
	struct out o = {buf, cap, 0};
	va_list rest;

	va_copy(rest, args);
	for (; *f != '\0'; f++) {
		struct spec s;

		if (*f != '%') {
			put(&o, *f);
			continue;
		}
		f = parse_spec(f + 1, &s, &rest);
		if (*f == 's')
			put_string(&o, &s, &rest);
		else if (*f == 'c')
			put(&o, (char)va_arg(rest, int));
		else if (*f == 'd')
			put_signed(&o, &s, &rest);
		else if (*f == 'u')
			put_unsigned(&o, &s, 10, &rest);
		else if (*f == 'x')
			put_unsigned(&o, &s, 16, &rest);
		else if (*f == '\0')
			break;
		else
			put(&o, *f);
	}
	va_end(rest);
	return o.n;
}

size_t fmt(char *buf, size_t cap, const char *f, ...)
{
	va_list args;
	size_t n;

	va_start(args, f);
	n = fmt_va(buf, cap, f, args);
	va_end(args);
	return n;
}
