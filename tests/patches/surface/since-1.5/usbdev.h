/* SPDX-License-Identifier: GPL-2.0-or-later */
/* That it is there tells 1.5 and later from 1.4. */
