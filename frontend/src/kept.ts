// The script of the page of boards: what this browser keeps of boards, where it keeps something. What is heavy is loaded then.
const place = document.getElementById("kept-boards");
const { person } = document.body.dataset;

function isMine(): boolean {
  try {
    // As `kept/rows.ts` notes it.
    return localStorage.getItem("boards-kept") === person;
  } catch {
    return false;
  }
}

if (place && person && isMine()) void import("../../whiteboards/templates/whiteboards/kept/left").then(({ showLeft }) => showLeft(place, person));

export {};
