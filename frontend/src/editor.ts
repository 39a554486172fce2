// The script of pages with an editor of formatted text, beside `main`.
import { enhanceAll } from "../../foundation/ui/templates/ui/rich_text/rich_text";

enhanceAll();
document.addEventListener("htmx:afterSettle", (event) => enhanceAll(event.target as HTMLElement));
