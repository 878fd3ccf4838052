import Cells
import Core
import Similarity

/// What is kept of a view from one session to the next on the same folder.
public struct SavedView: Codable, Sendable, Equatable {
  /// Version of this record; another one is ignored.
  var version = 1
  /// The file and key of the result.
  public var path = ""
  var key = ""
  /// The crosshair, in rows and columns of the matrix as shown.
  var row = 0
  var column = 0
  /// The rank in the sorted view.
  var rank = 0
  /// Zoom: 0 fits, n > 0 is n pixels a value, n < 0 is −n values a pixel.
  var zoom = 0
  /// Scroll position.
  var firstRow = 0
  var firstColumn = 0
  /// The focused pane, and the maximised one if any.
  var focus = ""
  var maximised: String?
  /// Colours and arrangement, by name.
  var layerColormap = ""
  var minibatchColormap = ""
  var range = ""
  var filter = ""
  var labelOrder = ""
  var reduction = ""
  var originAtTop = false
  var transposed = false
  var sorted = true
  /// What the profile pane shows, if it is open; absent in older records.
  var profile: String?
  /// The curves' cursor, range and hidden series; absent in older records.
  var curveCursor: Int?
  var chosenCurve: Int?
  var curvesFromZero: Bool?
  var hiddenSeries: [String]?
}

extension State {
  /// The view as it is now; nil when nothing is open.
  public var savedView: SavedView? {
    guard let id = shown?.id else { return nil }
    var saved = SavedView()
    saved.path = id.path
    saved.key = id.key
    saved.row = crosshair.row
    saved.column = crosshair.column
    saved.rank = rank
    switch viewport.zoom {
    case .fit: saved.zoom = 0
    case .pixels(let size): saved.zoom = size
    case .blocks(let size): saved.zoom = -size
    }
    saved.firstRow = viewport.firstRow
    saved.firstColumn = viewport.firstColumn
    saved.focus = focus.rawValue
    saved.maximised = maximised?.rawValue
    saved.layerColormap = settings.layerColormap.rawValue
    saved.minibatchColormap = settings.minibatchColormap.rawValue
    saved.range = settings.range.text
    saved.filter = settings.filter
    saved.labelOrder = settings.labelOrder.rawValue
    saved.reduction = settings.reduction.rawValue
    saved.originAtTop = settings.originAtTop
    saved.transposed = settings.transposed
    saved.sorted = settings.sorted
    saved.profile = profile?.rawValue
    saved.curveCursor = curveCursor
    saved.chosenCurve = chosenCurve
    saved.curvesFromZero = settings.curves.fromZero
    saved.hiddenSeries = settings.curves.hidden.sorted()
    return saved
  }

  /// The file to read before all others: the one on the screen, or the one that a saved view wants.
  public var wantedFirst: String? { (wanted ?? restoring)?.path }

  /// Takes up a saved view; what it says and this version does not know is left as it is.
  public mutating func restore(_ saved: SavedView) {
    guard saved.version == 1 else { return }
    isUntouched = false
    restoring = ResultID(path: saved.path, key: saved.key)
    crosshair = Crosshair(row: max(0, saved.row), column: max(0, saved.column))
    rank = max(0, saved.rank)
    viewport.zoom =
      switch saved.zoom {
      case 0: .fit
      case 1...: .pixels(min(saved.zoom, 64))
      // Far from overflow, even when multiplied by a matrix's extent.
      default: .blocks(Int(min(saved.zoom.magnitude, 1 << 20)))
      }
    viewport.firstRow = max(0, saved.firstRow)
    viewport.firstColumn = max(0, saved.firstColumn)
    focus = Pane(rawValue: saved.focus) ?? focus
    profile = saved.profile.flatMap(ProfileKind.init)
    curveCursor = max(0, saved.curveCursor ?? 0)
    chosenCurve = max(0, saved.chosenCurve ?? 0)
    // Nothing but the pane that takes the keys can fill the screen.
    maximised = saved.maximised == focus.rawValue && focus != .results ? focus : nil
    restore(settings: saved)
  }

  private mutating func restore(settings saved: SavedView) {
    settings.layerColormap = Colormap(rawValue: saved.layerColormap) ?? settings.layerColormap
    settings.minibatchColormap =
      Colormap(rawValue: saved.minibatchColormap) ?? settings.minibatchColormap
    settings.range = ValueRange(text: saved.range) ?? settings.range
    settings.filter = saved.filter
    settings.labelOrder = LabelOrder(rawValue: saved.labelOrder) ?? settings.labelOrder
    settings.reduction = Reduction(rawValue: saved.reduction) ?? settings.reduction
    settings.originAtTop = saved.originAtTop
    settings.transposed = saved.transposed
    settings.sorted = saved.sorted
    settings.curves.fromZero = saved.curvesFromZero ?? false
    settings.curves.hidden = Set(saved.hiddenSeries ?? [])
  }
}
