// The one script of ours at the editors' desk: signing out there asks and empties as everywhere else. Under an address of its
// own, so that this is a copy: a part that `main` shared would be asked for by every page.
import "../../whiteboards/templates/whiteboards/kept/guard?desk";
