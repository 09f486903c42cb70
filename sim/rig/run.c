/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/sim_commands.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/bench.h"
#include "sim/rig/listen.h"
#include "sim/rig/net_server.h"
#include "sim/rig/spidev_server.h"
#include "sim/rig/tty_server.h"

#define SHIM "libbeken-sim-shim.so"
#define TTY "ttyUSB0"
#define SERVERS 2

struct run {
	struct bench bench;
	struct usbip_server *server;
	struct local_server *local[SERVERS]; /* a serial port or a network; an SPI bus */
	size_t local_count;
	char root[PATH_MAX / 2]; /* the private directory */
	int signals;		 /* a signalfd */
	int wake;		 /* epoll: signals, or one of the local servers has something */
	sigset_t old_mask;
	pid_t child;
	bool gone[2];
	bool event_over;
};

/* In a build directory it is beside the executable; after installation it is elsewhere. */
static bool find_shim(char path[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof(SHIM) - 1);
	char *slash;

	if (length > 0) {
		path[length] = 0;
		slash = strrchr(path, '/');
		if (slash) {
			strcpy(slash + 1, SHIM);
			if (access(path, R_OK) == 0)
				return true;
		}
	}
	snprintf(path, PATH_MAX, "%s/%s", BEKEN_SIM_LIBDIR, SHIM);
	if (access(path, R_OK) == 0)
		return true;
	complain("cannot find %s, neither beside the program nor in %s; install flashrom-beken "
		 "again",
		 SHIM, BEKEN_SIM_LIBDIR);
	return false;
}

/* The dynamic loader only warns when a library to preload is missing; nothing would work then. */
static bool have_umockdev(void)
{
	void *library = dlopen(BEKEN_SIM_PRELOAD, RTLD_LAZY | RTLD_LOCAL);

	if (!library) {
		complain("cannot load %s; install umockdev (Debian: apt install umockdev)",
			 BEKEN_SIM_PRELOAD);
		return false;
	}
	dlclose(library);
	return true;
}

static bool make_root(struct run *run)
{
	const char *base = getenv("TMPDIR");
	int status;

	if (!base || base[0] != '/')
		base = "/tmp";
	if (snprintf(run->root, sizeof(run->root), "%s/beken-sim-XXXXXX", base) >=
		    (int)sizeof(run->root) ||
	    !mkdtemp(run->root)) {
		complain("cannot make a directory in %s: %s; set TMPDIR to one that can be "
			 "written",
			 base, strerror(errno));
		run->root[0] = 0;
		return false;
	}
	status = tree_make(run->root, run->bench.devices, run->bench.count);
	if (!status && run->bench.uart && !run->bench.net)
		status = tree_add_tty(run->root, TTY);
	if (!status && board_spidev(run->bench.board))
		status = tree_add_spidev(run->root, board_spidev(run->bench.board)->options);
	if (status)
		complain("cannot write to %s: %s", run->root, strerror(-status));
	return !status;
}

static int listen_at(const struct run *run, const char *name)
{
	char address[PATH_MAX], error[PATH_MAX + 128];
	int fd;

	snprintf(address, sizeof(address), "unix:%s/%s", run->root, name);
	fd = listen_on(address, error, sizeof(error));
	if (fd < 0)
		complain("%s; a shorter TMPDIR may help", error);
	return fd;
}

/* Takes over @fd, where @server listens, if there is one. */
static bool add_local(struct run *run, int fd, struct local_server *server)
{
	struct epoll_event event = {.events = EPOLLIN};

	if (!server) {
		close(fd);
		return false;
	}
	run->local[run->local_count++] = server;
	return epoll_ctl(run->wake, EPOLL_CTL_ADD, local_server_fd(server), &event) == 0;
}

static bool make_local(struct run *run)
{
	struct spidev *spidev = board_spidev(run->bench.board);
	int fd;

	if (run->bench.net) {
		fd = listen_at(run, "net");
		if (fd < 0 || !add_local(run, fd, net_server_new(fd, run->bench.net)))
			return false;
	} else if (run->bench.uart) {
		fd = listen_at(run, "tty");
		if (fd < 0 || !add_local(run, fd,
					 tty_server_new(fd, run->bench.uart, run->bench.board,
							run->bench.options->cen_by)))
			return false;
	}
	if (!spidev)
		return true;
	fd = listen_at(run, "spidev");
	return fd >= 0 && add_local(run, fd, spidev_server_new(fd, spidev));
}

static void serve_local(struct run *run)
{
	for (size_t i = 0; i < run->local_count; i++)
		local_server_serve(run->local[i]);
}

static bool make_server(struct run *run)
{
	int fd = listen_at(run, "usbip");

	if (fd < 0)
		return false;
	run->server = usbip_new(fd, run->bench.exports, run->bench.count);
	if (!run->server)
		close(fd);
	return run->server;
}

static void set_socket(const struct run *run, const char *variable, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", run->root, name);
	setenv(variable, path, 1);
}

__attribute__((noreturn)) static void become(const struct run *run, const char *shim, pid_t parent)
{
	char *const *command = run->bench.options->command;
	const char *others = getenv("LD_PRELOAD");
	char preload[2 * PATH_MAX];
	int status;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(128 + SIGTERM);
	sigprocmask(SIG_SETMASK, &run->old_mask, NULL);
	/* For example, a sanitizer's runtime has to stay first. */
	snprintf(preload, sizeof(preload), "%s%s%s:%s", others ? others : "", others ? ":" : "",
		 shim, BEKEN_SIM_PRELOAD);
	setenv("LD_PRELOAD", preload, 1);
	setenv("UMOCKDEV_DIR", run->root, 1);
	set_socket(run, "BEKEN_SIM_SOCKET", "usbip");
	if (run->bench.net) {
		set_socket(run, "BEKEN_SIM_NET_SOCKET", "net");
	} else if (run->bench.uart) {
		set_socket(run, "BEKEN_SIM_TTY_SOCKET", "tty");
		setenv("BEKEN_SIM_TTY", "/dev/" TTY, 1);
	}
	if (board_spidev(run->bench.board)) {
		set_socket(run, "BEKEN_SIM_SPIDEV_SOCKET", "spidev");
		setenv("BEKEN_SIM_SPIDEV", tree_spidev_node(run->bench.options->board.spidev.pi5),
		       1);
	}
	execvp(command[0], command);
	status = errno == ENOENT ? 127 : 126;
	complain("cannot run %s: %s", command[0], strerror(errno));
	_exit(status);
}

/* 1: the child has ended, with @status. */
static bool take_signals(struct run *run, int *status)
{
	struct signalfd_siginfo info;
	pid_t ended;

	while (read(run->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			kill(run->child, (int)info.ssi_signo);
	do
		ended = waitpid(run->child, status, WNOHANG);
	while (ended < 0 && errno == EINTR);
	return ended == run->child;
}

static void pull_plugs(struct run *run)
{
	for (size_t i = 0; i < run->bench.count; i++)
		if (!run->gone[i] && usbip_unplugged(run->server, i)) {
			run->gone[i] = true;
			tree_unplug(run->root, i);
		}
}

/* A board's time stands still while its serial port is in use, and vice versa. */
static uint64_t time_of(const struct bench *bench)
{
	uint64_t ns = board_now(bench->board);
	uint64_t port_ns = bench->uart ? uart_wire_used_us(bench->uart) * 1000 : 0;

	return port_ns > ns ? port_ns : ns;
}

static bool event_has_come(const struct run *run)
{
	const struct options *options = run->bench.options;
	struct board_stats stats;

	if (!options->event || run->event_over)
		return false;
	board_stats(run->bench.board, &stats);
	return options->event_ops ? stats.spi_ops >= options->event_ops
				  : time_of(&run->bench) >= options->event_ns;
}

/*
 * The device is not served until the command has ended. The command runs in the program's process
 * group, so that kill 0 in it has the effect of a terminal's signal.
 */
static void run_event(struct run *run)
{
	const char *command = run->bench.options->event;
	pid_t pid;

	run->event_over = true;
	pid = fork();
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &run->old_mask, NULL);
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	if (pid < 0)
		complain("cannot start a process: %s", strerror(errno));
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

static int serve_child(struct run *run)
{
	int status = 0;

	for (;;) {
		int result = usbip_serve(run->server, run->wake, -1);

		if (result < 0) {
			complain("cannot wait: %s", strerror(-result));
			kill(run->child, SIGTERM);
			waitpid(run->child, &status, 0);
			break;
		}
		serve_local(run);
		pull_plugs(run);
		if (event_has_come(run))
			run_event(run);
		if (result > 0 && take_signals(run, &status))
			break;
	}
	/* The last messages of the program are still in flight. */
	for (int i = 0; i < 3; i++) {
		usbip_serve(run->server, -1, 0);
		serve_local(run);
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool hold_signals(struct run *run)
{
	struct epoll_event event = {.events = EPOLLIN};
	sigset_t mask;

	signal(SIGCHLD, SIG_DFL); /* if ignored, the child's exit status would be lost */
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	run->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	run->wake = epoll_create1(EPOLL_CLOEXEC);
	if (run->signals < 0 || run->wake < 0 ||
	    epoll_ctl(run->wake, EPOLL_CTL_ADD, run->signals, &event)) {
		complain("cannot wait for signals: %s", strerror(errno));
		return false;
	}
	/* The terminal sends these two to the child as well, which handles them. */
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGQUIT);
	sigprocmask(SIG_BLOCK, &mask, &run->old_mask);
	return true;
}

static int run_child(struct run *run, const char *shim)
{
	pid_t parent = getpid();

	run->child = fork();
	if (run->child == 0)
		become(run, shim, parent);
	if (run->child < 0) {
		complain("cannot start a process: %s", strerror(errno));
		return 1;
	}
	return serve_child(run);
}

int command_run(const struct options *options)
{
	struct run run = {.signals = -1, .wake = -1};
	char shim[PATH_MAX];
	int status = 1;

	if (!find_shim(shim))
		return 1;
	if (strpbrk(shim, ": \t")) {
		complain("%s cannot be preloaded: its path must not hold spaces or colons; "
			 "build elsewhere, as in make BUILD=/tmp/build",
			 shim);
		return 1;
	}
	if (!have_umockdev() || !bench_make(&run.bench, options))
		return 1;
	if (hold_signals(&run) && make_root(&run) && make_server(&run) && make_local(&run)) {
		status = run_child(&run, shim);
		if (!bench_report(&run.bench) && !status)
			status = 1;
	}
	if (run.server)
		usbip_free(run.server);
	for (size_t i = 0; i < run.local_count; i++)
		local_server_free(run.local[i]);
	if (run.wake >= 0)
		close(run.wake);
	if (run.signals >= 0)
		close(run.signals);
	if (run.root[0])
		tree_remove(run.root);
	bench_free(&run.bench);
	return status;
}
