import Core
import Similarity

/// What the profile pane shows.
public enum ProfileKind: String, Sendable, CaseIterable {
  /// The row, the column and the diagonal through the crosshair.
  case lines
  /// How often each value occurs among the cells shown.
  case histogram
}

/// The values behind the profile pane, made anew when the crosshair or the matrix changes.
struct ProfileData: Sendable {
  struct Key: Sendable, Equatable {
    let kind: ProfileKind
    let arrangement: Arrangement.Key
    /// Not part of a histogram, which the crosshair does not change.
    let crosshair: Crosshair?
    let transposed: Bool
    let bins: Int
  }

  /// A line through the matrix with what stands above it.
  struct Band: Sendable {
    let title: String
    let profile: Profile
    /// The place of the crosshair on the line; nil when it is not on it.
    let here: Int?
  }
  let key: Key
  let bands: [Band]
  let histogram: Histogram?
}

extension State {
  mutating func prepareProfile() {
    guard let profile, let arrangement, !arrangement.isEmpty,
      let room = Layout(self).profile?.inset(by: 1)
    else {
      profileData = nil
      return
    }
    let key = ProfileData.Key(
      kind: profile, arrangement: arrangement.key,
      crosshair: profile == .lines ? crosshair : nil, transposed: settings.transposed,
      bins: max(1, min(64, room.width - 2)))
    guard profileData?.key != key else { return }
    let histogram =
      profile == .histogram
      ? Histogram(
        arrangement.view, low: arrangement.bounds.low, high: arrangement.bounds.high,
        bins: key.bins) : nil
    profileData = ProfileData(
      key: key, bands: profile == .lines ? bands(arrangement) : [], histogram: histogram)
  }

  private func bands(_ arrangement: Arrangement) -> [ProfileData.Band] {
    let (row, column) = (crosshair.row, crosshair.column)
    let (rows, columns) = (arrangement.rows.layers, arrangement.columns.layers)
    let common = LayerAlignment(rows, columns)
    let widths = layerResult?.halfWidths.map {
      MatrixView($0, rows: arrangement.rowIndices, columns: arrangement.columnIndices)
    }
    let make = { (line: Profile.Line) in
      Profile(arrangement.view, along: line, common: common, halfWidths: widths)
    }
    let along = ProfileData.Band(
      title: "row \(rows[row].orRoot)", profile: make(.row(row)), here: column)
    let across = ProfileData.Band(
      title: "column \(columns[column].orRoot)", profile: make(.column(column)), here: row)
    var bands = settings.transposed ? [across, along] : [along, across]
    // A diagonal by name means something only where most layers have a partner.
    if common.count * 2 > min(rows.count, columns.count), common.count > 1 {
      let here = zip(common.first, common.second).enumerated()
        .first { $0.element == (row, column) }?.offset
      bands.append(ProfileData.Band(title: "diagonal", profile: make(.diagonal), here: here))
    }
    return bands
  }
}
