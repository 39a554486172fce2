// Turns `<div id="board">` into the shared board.
import { createRoot } from "react-dom/client";
import { Board, Safe } from "./board";
import { Desk, DeskProvider } from "./desk";
import { readPage } from "./page";

const place = document.getElementById("board");
if (place) {
  const desk = new Desk(readPage());
  createRoot(place).render(
    <Safe text={desk.words.broken} reload={desk.words.reload}>
      <DeskProvider value={desk}>
        <Board />
      </DeskProvider>
    </Safe>,
  );
}
