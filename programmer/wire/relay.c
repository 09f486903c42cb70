/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programmer/wire/relay.h"

#include <ctype.h>
#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HTTP_PORT 80
#define REQUEST_MOST_MS 5000L
#define CONNECT_MOST_MS 3000L
#define STEP_MS 50

/* Their answers have some tens of bytes, and headers of some hundreds. */
#define ANSWER_MOST 512
#define HEADERS_MOST 8192

struct relay {
	enum relay_kind kind;
	struct net_place place;
	CURLM *multi;
	CURL *easy;
	struct curl_slist *address;
	char url[NET_PLACE_TEXT + 64];

	bool busy, on;
	char answer[ANSWER_MOST + 1];
	size_t answered, headers;
	enum trouble_kind result;
	char why[640], error[CURL_ERROR_SIZE];
};

static size_t take_body(char *bytes, size_t size, size_t count, void *data)
{
	struct relay *relay = data;
	size_t length = size * count;

	if (length > ANSWER_MOST - relay->answered)
		return 0; /* which ends it */
	memcpy(relay->answer + relay->answered, bytes, length);
	relay->answered += length;
	relay->answer[relay->answered] = '\0';
	return length;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *data)
{
	struct relay *relay = data;
	size_t length = size * count;

	(void)bytes;
	if (length > HEADERS_MOST - relay->headers)
		return 0;
	relay->headers += length;
	return length;
}

/* Gives the one address to curl, so that it looks up none: "::192.168.1.20:". */
static bool set_address(struct relay *relay, const struct net_addresses *found)
{
	char host[64], item[80];

	if (getnameinfo((const struct sockaddr *)&found->address[0], found->length[0], host,
			sizeof(host), NULL, 0, NI_NUMERICHOST) != 0)
		return false;
	snprintf(item, sizeof(item), strchr(host, ':') ? "::[%s]:" : "::%s:", host);
	relay->address = curl_slist_append(NULL, item);
	return relay->address;
}

static bool set_up(struct relay *relay)
{
	CURL *easy = relay->easy;
	unsigned code = 0;

#if LIBCURL_VERSION_NUM >= 0x075500
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
#else
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTP);
#endif
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_CONNECT_TO, relay->address);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MOST_MS);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, REQUEST_MOST_MS);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_WRITEDATA, relay);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_HEADERDATA, relay);
	code |= (unsigned)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, relay->error);
	return code == 0;
}

struct relay *relay_open(enum relay_kind kind, const struct net_place *place,
			 const struct observer *observer)
{
	struct net_addresses found;
	struct relay *relay;

	if (!net_place_find(place, HTTP_PORT, &found, observer))
		return NULL;
	relay = calloc(1, sizeof(*relay));
	if (!relay || curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK) {
		free(relay);
		observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "out of memory");
		return NULL;
	}
	relay->kind = kind;
	relay->place = *place;
	relay->multi = curl_multi_init();
	relay->easy = curl_easy_init();
	if (relay->multi && relay->easy && set_address(relay, &found) && set_up(relay))
		return relay;
	observer_raise(observer, TROUBLE_NO_MEMORY, NO_RANGE, "libcurl cannot be used");
	relay_free(relay);
	return NULL;
}

static void give_up(struct relay *relay)
{
	if (relay->busy)
		curl_multi_remove_handle(relay->multi, relay->easy);
	relay->busy = false;
}

void relay_free(struct relay *relay)
{
	if (!relay)
		return;
	give_up(relay);
	curl_easy_cleanup(relay->easy);
	curl_multi_cleanup(relay->multi);
	curl_slist_free_all(relay->address);
	curl_global_cleanup();
	free(relay);
}

static void command_of(const struct relay *relay, char *text, size_t room)
{
	if (relay->kind == RELAY_OBK)
		snprintf(text, room, "SetChannel %u %u", relay->place.number, relay->on);
	else
		snprintf(text, room, "Power%u %u", relay->place.number, relay->on);
}

static bool set_url(struct relay *relay)
{
	char host[NET_PLACE_TEXT], command[32], *escaped;

	command_of(relay, command, sizeof(command));
	escaped = curl_easy_escape(relay->easy, command, 0);
	if (!escaped)
		return false;
	snprintf(relay->url, sizeof(relay->url), "http://%s/cm?cmnd=%s",
		 net_place_host(&relay->place, host), escaped);
	curl_free(escaped);
	return curl_easy_setopt(relay->easy, CURLOPT_URL, relay->url) == CURLE_OK;
}

/* The first printable characters of an answer, for words. */
static void clean(const char *answer, char *text, size_t room)
{
	size_t used = 0;

	for (; *answer && used + 1 < room; answer++)
		if (isprint((unsigned char)*answer))
			text[used++] = *answer;
	text[used] = '\0';
}

static void refuse(struct relay *relay, const char *seen)
{
	char command[32];

	command_of(relay, command, sizeof(command));
	relay->result = TROUBLE_HELPER_REFUSED;
	snprintf(relay->why, sizeof(relay->why), "%s, asked for \"%s\": %s", relay->place.host,
		 command, seen);
}

void relay_set(struct relay *relay, bool on)
{
	give_up(relay);
	relay->on = on;
	relay->answered = relay->headers = 0;
	relay->answer[0] = relay->error[0] = '\0';
	relay->result = TROUBLE_NONE;
	relay->why[0] = '\0';
	if (set_url(relay) && curl_multi_add_handle(relay->multi, relay->easy) == CURLM_OK)
		relay->busy = true;
	else
		refuse(relay, "libcurl cannot ask");
}

bool relay_agrees(enum relay_kind kind, bool on, const char *answer)
{
	while (isspace((unsigned char)*answer))
		answer++;
	if (!*answer)
		return true;
	if (kind == RELAY_OBK)
		return answer[0] == (on ? '1' : '0') && !answer[1 + strspn(answer + 1, " \r\n")];
	return strncmp(answer, "{\"POWER", 7) == 0 && strstr(answer, on ? "\"ON\"" : "\"OFF\"");
}

static void judge(struct relay *relay, CURLcode code)
{
	char seen[128], text[64];
	long status = 0;

	curl_easy_getinfo(relay->easy, CURLINFO_RESPONSE_CODE, &status);
	clean(relay->answer, text, sizeof(text));
	if (code == CURLE_WRITE_ERROR) {
		refuse(relay, "its answer is too long");
	} else if (code != CURLE_OK) {
		refuse(relay, relay->error[0] ? relay->error : curl_easy_strerror(code));
	} else if (status != 200) {
		snprintf(seen, sizeof(seen), "it answers with HTTP status %ld", status);
		refuse(relay, seen);
	} else if (!relay_agrees(relay->kind, relay->on, relay->answer)) {
		snprintf(seen, sizeof(seen), "it answers %s", text);
		refuse(relay, seen);
	}
}

bool relay_busy(struct relay *relay)
{
	int running, left;
	CURLMsg *message;

	if (!relay->busy)
		return false;
	if (curl_multi_perform(relay->multi, &running) != CURLM_OK) {
		give_up(relay);
		refuse(relay, "libcurl cannot go on");
		return false;
	}
	while ((message = curl_multi_info_read(relay->multi, &left)))
		if (message->msg == CURLMSG_DONE) {
			judge(relay, message->data.result);
			give_up(relay);
			break;
		}
	return relay->busy;
}

void relay_wait(struct relay *relay)
{
	while (relay_busy(relay))
		curl_multi_poll(relay->multi, NULL, 0, STEP_MS, NULL);
}

enum trouble_kind relay_result(const struct relay *relay, const char **why)
{
	*why = relay->why;
	return relay->result;
}
