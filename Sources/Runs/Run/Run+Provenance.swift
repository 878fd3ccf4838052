import Core
import Formats
import Foundation
import Recipe
import Similarity

extension Run {
  /// Where a study of this run comes from, and how it was made.
  func provenance(
    state: StudyProvenance.State, isLast: Bool = false
  ) -> StudyProvenance {
    var provenance = StudyProvenance()
    provenance.state = state
    provenance.plannedMinibatches = sampleCounts.count
    provenance.plan = plan?.hash ?? ""
    // A checkpoint takes what there is; the next one has more.
    provenance.sources = hashes.sources(isWaiting: state != .partial || isLast)
    switch origin {
    case .features: break
    case .backend(let stream, let command, _):
      provenance.backend = command
      provenance.settings = stream.header.about.settings
      provenance.versions = stream.header.about.versions
    }
    provenance.batchSize = recipe[.batchSize] == "all" ? nil : sampleCounts.max()
    provenance.layers = SafeText.sanitise(recipe[.layers] ?? "")
    provenance.pool = choices.reading.pool.rawValue
    provenance.layout = choices.reading.layout.text
    provenance.shuffle = recipe.whole(.shuffle)
    if case .features(let features, _) = origin {
      provenance.pool = features.pool.rawValue
      provenance.axes = choices.reading.axes?.text ?? ""
      provenance.tokens = choices.reading.tokens?.rawValue ?? ""
      provenance.settings = FeatureOutline(features, choices.reading).settings
    }
    provenance.untilCI = choices.untilCI
    provenance.command = command
    provenance.created = Date().formatted(.iso8601)
    provenance.seed = recipe.whole(.seed)
    provenance.versions["cka"] = Version.current
    if let version = try? OpenBLAS.version() {
      provenance.versions["OpenBLAS"] = SafeText.sanitise(version)
    }
    provenance.warnings = warnings.map(SafeText.sanitise)
    return provenance
  }
}
