/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/flash_worker.h"

#include <errno.h>
#include <libflashrom.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAMES_MOST 8
#define PATIENCE_MS 1000

/*
 * What libflashrom says. It has no other way to tell an entry's name, and its callback
 * takes no data, so this is global: to the child, which has nothing else to do.
 */
static struct {
	struct worker_shared *shared;
	char line[512];
	struct identify_known entries[NAMES_MOST];
	size_t entry_count;
} said;

static bool copy(char text[IDENTITY_NAME], const char *begin, const char *end)
{
	size_t len = (size_t)(end - begin);

	if (len >= IDENTITY_NAME)
		return false;
	memcpy(text, begin, len);
	text[len] = '\0';
	return true;
}

/* `Found Winbond flash chip "W25Q32.V" (4096 kB, SPI) on serprog.` */
static void note_entry(const char *line)
{
	const char *maker = line + strlen("Found "), *behind = strstr(line, " flash chip \""),
		   *name, *end;
	struct identify_known *entry = &said.entries[said.entry_count];
	unsigned long kib;
	int unit = 0;

	if (strncmp(line, "Found ", 6) != 0 || !behind || behind < maker ||
	    said.entry_count == NAMES_MOST)
		return;
	name = behind + strlen(" flash chip \"");
	end = strchr(name, '"');
	if (!end || sscanf(end, "\" (%lu kB%n", &kib, &unit) != 1 || !unit ||
	    kib > UINT32_MAX / 1024)
		return;
	entry->size = (uint32_t)kib * 1024;
	if (copy(entry->maker, maker, behind) && copy(entry->name, name, end))
		said.entry_count++;
}

/* Messages come in fragments; an entry's name is only known from a whole line. */
static int listen_to(enum flashrom_log_level level, const char *format, va_list arguments)
{
	size_t used = strlen(said.line);
	char *newline;

	if (level > FLASHROM_MSG_INFO)
		return 0;
	vsnprintf(said.line + used, sizeof(said.line) - used, format, arguments);
	while ((newline = strchr(said.line, '\n'))) {
		*newline = '\0';
		note_entry(said.line);
		/* The first one has the reason; what follows asks for reports. */
		if (level == FLASHROM_MSG_ERROR && said.line[0] && !said.shared->text[0])
			snprintf(said.shared->text, WORKER_TEXT, "%.*s", WORKER_TEXT - 1,
				 said.line);
		memmove(said.line, newline + 1, strlen(newline + 1) + 1);
	}
	if (strlen(said.line) + 1 == sizeof(said.line))
		said.line[0] = '\0';
	return 0;
}

/* The first entry with the required size, or any if @size is 0. NULL: none. */
static const struct identify_known *entry_of(size_t size)
{
	for (size_t i = 0; i < said.entry_count; i++)
		if (said.entries[i].size && (!size || said.entries[i].size == size))
			return &said.entries[i];
	return NULL;
}

/* The number of entries that match; the context, if there is exactly one. */
#ifdef HAVE_FLASHROM_PROBE_V2
static int match(struct flashrom_flashctx **context, struct flashrom_programmer *programmer,
		 const char *name)
{
	const char **names = NULL;
	int matches;

	if (flashrom_create_context(context))
		return 0;
	matches = flashrom_flash_probe_v2(*context, &names, programmer, name);
	flashrom_data_free(names);
	if (matches != 1)
		flashrom_flash_release(*context);
	return matches;
}
#else
/* 1.6 calls it deprecated, but has not made public yet what its replacement needs. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static int match(struct flashrom_flashctx **context, struct flashrom_programmer *programmer,
		 const char *name)
{
	int ret = flashrom_flash_probe(context, programmer, name);

	return ret == 0 ? 1 : ret == 3 ? 2 : 0;
}
#endif

/*
 * If an ID has several entries, any of them will do: the proxy hides their differences from the
 * die.
 */
static struct flashrom_flashctx *probe(struct flashrom_programmer *programmer, size_t size)
{
	struct flashrom_flashctx *context = NULL;
	const struct identify_known *entry;
	int matches;

	said.entry_count = 0;
	matches = match(&context, programmer, NULL);
	entry = entry_of(size);
	if (matches > 1 && entry)
		matches = match(&context, programmer, entry->name);
	if (matches != 1)
		return NULL;
	if (!entry || flashrom_flash_getsize(context) != entry->size) {
		flashrom_flash_release(context);
		return NULL;
	}
	return context;
}

static struct flashrom_layout *make_layout(const struct worker_shared *shared)
{
	struct flashrom_layout *layout;
	char name[32];

	if (flashrom_layout_new(&layout))
		return NULL;
	for (size_t i = 0; i < shared->range_count; i++) {
		size_t start = shared->ranges[i].start, length = shared->ranges[i].length;

		snprintf(name, sizeof(name), "range%zu", i);
		if (flashrom_layout_add_region(layout, start, start + length - 1, name) ||
		    flashrom_layout_include_region(layout, name)) {
			flashrom_layout_release(layout);
			return NULL;
		}
	}
	return layout;
}

/* Entries that differ in size leave open which it is. */
static enum worker_result tell_what_is_known(struct worker_shared *shared)
{
	for (size_t i = 1; i < said.entry_count; i++)
		if (said.entries[i].size != said.entries[0].size)
			return WORKER_NO_FLASHROM;
	shared->known = said.entries[0];
	return WORKER_DONE;
}

/* If the entry has no such description, it reports only that. */
static enum worker_result tell_protection(struct flashrom_flashctx *context,
					  struct worker_shared *shared)
{
	struct flashrom_wp_cfg *config;
	size_t start, length;

	shared->knows_protection = false;
	if (flashrom_wp_cfg_new(&config) != FLASHROM_WP_OK)
		return WORKER_FAILED;
	if (flashrom_wp_read_cfg(config, context) == FLASHROM_WP_OK) {
		flashrom_wp_get_range(&start, &length, config);
		shared->knows_protection = start <= shared->size && length <= shared->size - start;
		shared->protected_range = (struct range){(uint32_t)start, (uint32_t)length};
	}
	flashrom_wp_cfg_release(config);
	return WORKER_DONE;
}

static enum worker_result work(struct flashrom_flashctx *context, struct worker_shared *shared)
{
	const void *present = shared->has_present ? shared->present : NULL;

	switch (shared->job) {
	case WORKER_ASK:
		return tell_what_is_known(shared);
	case WORKER_PROTECTION:
		return tell_protection(context, shared);
	case WORKER_READ:
		return flashrom_image_read(context, shared->die, shared->size) ? WORKER_FAILED
									       : WORKER_DONE;
	case WORKER_WRITE:
		return flashrom_image_write(context, shared->die, shared->size, present)
			       ? WORKER_FAILED
			       : WORKER_DONE;
	case WORKER_ERASE:
		return flashrom_flash_erase(context) ? WORKER_FAILED : WORKER_DONE;
	}
	return WORKER_FAILED;
}

static enum worker_result do_job(struct flashrom_flashctx *context, struct worker_shared *shared)
{
	struct flashrom_layout *layout = make_layout(shared);
	enum worker_result result;

	if (!layout)
		return WORKER_FAILED;
	flashrom_layout_set(context, layout);
	/* From 1.7 on an erase is verified only if this is set. */
	flashrom_flag_set(context, FLASHROM_FLAG_VERIFY_AFTER_WRITE, true);
	flashrom_flag_set(context, FLASHROM_FLAG_VERIFY_WHOLE_CHIP, false);
	result = work(context, shared);
	flashrom_layout_set(context, NULL);
	flashrom_layout_release(layout);
	return result;
}

static bool connect_to(struct flashrom_programmer **programmer, const struct worker *worker)
{
	char device[sizeof(worker->pty.name) + 8];

	if (flashrom_init(0))
		return false;
	flashrom_set_log_callback(listen_to);
	snprintf(device, sizeof(device), "dev=%s", worker->pty.name);
	return flashrom_programmer_init(programmer, "serprog", device) == 0;
}

/* The child's life. The first job makes it look for the part. */
static void serve_jobs(const struct worker *worker)
{
	struct worker_shared *shared = worker->shared;
	struct flashrom_programmer *programmer = NULL;
	struct flashrom_flashctx *context = NULL;
	bool connected = false;
	char word;

	said.shared = shared;
	while (read(worker->socket, &word, 1) == 1) {
		shared->text[0] = '\0';
		connected = connected || connect_to(&programmer, worker);
		if (!context && connected)
			context = probe(programmer, shared->size);
		shared->result = context ? do_job(context, shared) : WORKER_NO_FLASHROM;
		if (write(worker->socket, &word, 1) != 1)
			break;
	}
	if (context)
		flashrom_flash_release(context);
}

bool worker_start(struct worker *worker)
{
	pid_t parent = getpid();
	int sockets[2];

	*worker = (struct worker){.socket = -1};
	/* Only pages that a job touches take memory. */
	worker->shared = mmap(NULL, sizeof(*worker->shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (worker->shared == MAP_FAILED)
		return false;
	if (!child_open_pty(&worker->pty))
		goto err_unmap;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		goto err_pty;
	fflush(NULL);
	worker->child.pid = fork();
	if (worker->child.pid < 0)
		goto err_sockets;
	if (worker->child.pid == 0) {
		/* The parent handles the terminal's signals: it knows what still has to be done. */
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		close(sockets[0]);
		worker->socket = sockets[1];
		serve_jobs(worker);
		_exit(0);
	}
	close(sockets[1]);
	worker->socket = sockets[0];
	child_drop_slave(&worker->pty);
	return true;

err_sockets:
	close(sockets[0]);
	close(sockets[1]);
err_pty:
	child_close_pty(&worker->pty);
err_unmap:
	munmap(worker->shared, sizeof(*worker->shared));
	worker->child.pid = 0;
	return false;
}

bool worker_begin(struct worker *worker)
{
	return send(worker->socket, "j", 1, MSG_NOSIGNAL) == 1;
}

bool worker_is_done(const struct worker *worker)
{
	struct pollfd word = {.fd = worker->socket, .events = POLLIN};

	return poll(&word, 1, 0) > 0;
}

bool worker_end(struct worker *worker)
{
	char word;

	return recv(worker->socket, &word, 1, MSG_DONTWAIT) == 1;
}

void worker_stop(struct worker *worker)
{
	if (worker->socket < 0)
		return;
	close(worker->socket);
	worker->socket = -1;
	child_close_pty(&worker->pty);
	child_wait(&worker->child, PATIENCE_MS);
	munmap(worker->shared, sizeof(*worker->shared));
	worker->shared = NULL;
}
