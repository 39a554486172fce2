// The one script of every page. Each component's script stands beside its markup.
import "./main.scss";
import "./htmx";
import "./focus";
import "./notifications";
import "../../foundation/ui/templates/ui/composer/composer";
import "../../foundation/ui/templates/ui/error_summary/error_summary";
import "../../foundation/ui/templates/ui/menu/menu";
import "../../foundation/ui/templates/ui/more/more";
import "../../foundation/ui/templates/ui/progress/progress";
import "../../foundation/ui/templates/ui/picker/picker";
import "../../foundation/ui/templates/ui/search/search";
import "../../foundation/ui/templates/ui/tabs/tabs";
import "../../directory/templates/directory/chart/chart";
import "../../publications/templates/publications/alerts/alerts";
import "../../applications/templates/applications/service/appearing";
import "../../applications/templates/applications/launcher/launcher";
