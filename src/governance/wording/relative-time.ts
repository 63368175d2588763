/** "just now", "2 minutes ago", "3 days ago": in whole units. */
export function formatAgo(then: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000));
  if (seconds < 45) return 'just now';
  const [amount, unit] =
    seconds < 45 * 60
      ? [Math.round(seconds / 60), 'minute']
      : seconds < 22 * 3600
        ? [Math.round(seconds / 3600), 'hour']
        : [Math.round(seconds / 86_400), 'day'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'} ago`;
}

/** "30 Jun 2027", in UTC. */
export function formatDate(at: Date): string {
  return at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** "30 Jun 2027" for the last minute of a day, "21 Nov 2026, 18:00 UTC" for any other moment. */
export function formatMoment(at: Date): string {
  const day = formatDate(at);
  const time = at.toISOString().slice(11, 16);
  return time === '23:59' ? day : `${day}, ${time} UTC`;
}
