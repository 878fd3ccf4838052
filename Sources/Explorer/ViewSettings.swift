import Cells
import Core
import Similarity

/// What the user's configuration decides; everything else has a default.
public struct Preferences: Sendable, Equatable {
  /// The colour map of layer heatmaps.
  public var layerColormap = Colormap.magma
  /// The colour map of minibatch squares.
  public var minibatchColormap = Colormap.spectral
  /// The values that the colours span.
  public var range = ValueRange.unit
  /// Row 0 is drawn at the top.
  public var originAtTop = false
  /// The format that `e` writes.
  public var exportFormat = "ppm"
  /// The folder that `e` writes to.
  public var exportFolder = "."
  /// Whether the mouse is used.
  public var mouse = true
  /// Whether the view is restored when the same folder is opened again.
  public var restoreView = true
  /// Options of sbatch for every job that goes to Slurm.
  public var slurmOptions = ""
  /// Lines of shell that such a job begins with.
  public var slurmPreamble = ""
  /// Accuracies of layers that stand beside the candidates for freezing; nil for none.
  public var layerFigures: LayerFigures?

  /// The defaults.
  public init() {}
}

/// How matrices are arranged and coloured; the same for every result, so that toggling compares
/// like with like.
public struct ViewSettings: Sendable, Equatable {
  /// The colour map of layer heatmaps.
  public var layerColormap = Colormap.magma
  /// The colour map of minibatch squares.
  public var minibatchColormap = Colormap.spectral
  /// The values that the colours span.
  public var range = ValueRange.unit
  /// Row 0 is drawn at the top.
  public var originAtTop = false
  /// Rows and columns are exchanged on the screen.
  public var transposed = false
  /// Which labels stand beside the rows and columns.
  public var labelOrder = LabelOrder.exported
  /// Which layers are shown (`LayerFilter`'s syntax); empty shows all.
  public var filter = ""
  /// Minibatch scores are laid out ascending, else in their original order.
  public var sorted = true
  /// Cells that are not above the permutation null are drawn as if they had no value.
  public var dimsChance = false
  /// What stands for many values where a pixel covers them.
  public var reduction = Reduction.mean
  /// How curves are drawn.
  public var curves = CurveSettings()

  /// The defaults.
  public init() {}

  /// The defaults as the user's configuration has them.
  public init(preferences: Preferences) {
    layerColormap = preferences.layerColormap
    minibatchColormap = preferences.minibatchColormap
    range = preferences.range
    originAtTop = preferences.originAtTop
  }
}
