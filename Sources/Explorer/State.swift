import CKACore
import Cells
