/// Lines of means with error bars: an accuracy against a depth, a loss against epochs.
///
/// The points of each series stand in ascending x, each x once. A mean that is NaN is a gap in the
/// line.
public struct Curves: Sendable, Equatable, Identifiable {
  /// What an error bar reaches from the mean, either way.
  public enum ErrorBar: String, Sendable, CaseIterable {
    /// The sample standard deviation, divisor n − 1.
    case deviation = "std"
    /// The standard error of the mean.
    case standardError = "sem"
    /// Half the width of the mean's 95 % confidence interval.
    case interval = "ci95"

    /// In words, after "bars: ".
    public var name: String {
      switch self {
      case .deviation: "±1 standard deviation"
      case .standardError: "±1 standard error"
      case .interval: "95 % confidence interval"
      }
    }
  }

  /// Most series of one result.
  public static let mostSeries = 100
  /// Most points of one series.
  public static let mostPoints = 100_000

  /// File and key.
  public var id: ResultID
  /// The container as a person would name it ("CSV", "JSON").
  public var format: String
  /// The heading; empty where the file gives none.
  public var title: String
  /// What x is, with its unit; empty where the file gives none.
  public var xName: String
  /// What the means are of, with their unit; empty where the file gives none.
  public var yName: String
  /// What a reader should know before drawing conclusions; one paragraph, or empty.
  public var caption: String
  /// What the error bars of all series are; nil when there are none.
  public var errorBar: ErrorBar?
  /// One line each; at least one.
  public let series: [Series]
  /// What a reader of the figure should know about the file; one line each, ready to show.
  public var warnings: [String]

  /// Curves; texts must have gone through `SafeText.sanitise`.
  /// - Throws: `CurvesError` when there is no series or there are too many, when no point can be
  ///   drawn, or when series have error bars and it is not said which.
  public init(
    id: ResultID, format: String, title: String = "", xName: String = "", yName: String = "",
    caption: String = "", errorBar: ErrorBar? = nil, series: [Series], warnings: [String] = []
  ) throws(CurvesError) {
    guard !series.isEmpty else { throw CurvesError("there is no series") }
    guard series.count <= Self.mostSeries else {
      throw CurvesError("\(series.count) series, more than \(Self.mostSeries)")
    }
    guard series.contains(where: { $0.mean.contains(where: \.isFinite) }) else {
      throw CurvesError("no series has a mean that is a number")
    }
    guard errorBar != nil || series.allSatisfy({ $0.halfLengths == nil }) else {
      throw CurvesError("it is not said what the error bars are")
    }
    (self.id, self.format, self.title) = (id, format, title)
    (self.xName, self.yName, self.caption) = (xName, yName, caption)
    (self.errorBar, self.series, self.warnings) = (errorBar, series, warnings)
  }

  /// Every x that some series has, ascending.
  public var positions: [Double] {
    var all = series.flatMap(\.x)
    all.sort()
    var unique: [Double] = []
    for x in all where x != unique.last { unique.append(x) }
    return unique
  }
}

/// Why numbers make no curves: one line.
public struct CurvesError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The line, safe to show.
  public let description: String

  init(_ description: String) { self.description = description }
}
