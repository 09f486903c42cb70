/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/flashrom_beken/flashrom_knows.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "programmer/bare_id.h"
#include "programmer/child.h"
#include "cli/flashrom_beken/flashrom_cache.h"

/* From the end of its probing to the end of flashrom; half a millisecond with 1.3.0. */
#define PATIENCE_MS 1000

struct question {
	struct bare_id bare;
	bool (*cancelled)(void *data);
	void *data;
	uint64_t deadline_ms;
	int pipe; /* flashrom's output */
	struct flashrom_output output;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Reads what has come. Bounded, or endless output would keep it from checking the time. */
static void listen_to(struct question *question)
{
	char text[4096];
	ssize_t got;

	for (int i = 0; i < 64; i++) {
		got = read(question->pipe, text, sizeof(text));
		if (got <= 0)
			break;
		flashrom_output_feed(&question->output, text, (size_t)got);
	}
}

static bool go_on(void *data)
{
	struct question *question = data;

	listen_to(question);
	return now_ms() < question->deadline_ms && !question->cancelled(question->data);
}

/* True if flashrom was started; then it has ended. */
static bool run(struct question *question, const char *flashrom, struct child *child)
{
	struct child_pty pty;
	char programmer[sizeof(pty.name) + 16];
	const char *argv[] = {flashrom, "-p", programmer, NULL};
	int ends[2];
	bool started = false;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	question->pipe = ends[0];
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && child_open_pty(&pty)) {
		snprintf(programmer, sizeof(programmer), "serprog:dev=%s", pty.name);
		started = child_start(child, &pty, (char *const *)argv, ends[1]);
		if (started)
			bare_id_serve(pty.master, &question->bare);
		child_close_pty(&pty);
	}
	if (started) {
		child_wait(child, go_on(question) ? PATIENCE_MS : 0);
		listen_to(question);
	}
	close(ends[0]);
	close(ends[1]);
	return started;
}

bool flashrom_knows(const char *flashrom, const uint8_t id[3], bool (*cancelled)(void *data),
		    void *data, struct flashrom_names *names)
{
	struct question question = {
		.bare = {.id = id, .go_on = go_on, .data = &question},
		.cancelled = cancelled,
		.data = data,
		.deadline_ms = now_ms() + FLASHROM_ASK_MS,
	};
	struct flashrom_cache cache;
	struct child child;

	flashrom_cache_find(&cache, flashrom, id);
	if (flashrom_cache_load(&cache, names))
		return true;
	/* It exits with 1 when it has found several. */
	if (!run(&question, flashrom, &child) || !WIFEXITED(child.status) || !question.bare.asked ||
	    !question.output.answered)
		return false;
	*names = question.output.names;
	flashrom_cache_store(&cache, names);
	return true;
}

void flashrom_knows_forget(const char *flashrom, const uint8_t id[3])
{
	struct flashrom_cache cache;

	flashrom_cache_find(&cache, flashrom, id);
	flashrom_cache_forget(&cache);
}
