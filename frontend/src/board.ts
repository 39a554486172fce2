// The script of a board's page, beside `main`. All of it is in a part of its own: nothing may import an entry, whose
// address Django's storage changes.
import "@excalidraw/excalidraw/index.css";
import "../../whiteboards/templates/whiteboards/board/board.scss";

void import("../../whiteboards/templates/whiteboards/board/island");
