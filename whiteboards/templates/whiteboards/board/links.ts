// Where a link on the board may lead.

/** SECURITY: pages, letters and calls; never a script. */
export function safeLink(link: string): URL | null {
  try {
    const url = new URL(link, location.origin);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}
