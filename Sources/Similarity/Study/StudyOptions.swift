/// How HSIC is estimated from the n samples of a minibatch.
public enum Estimator: String, Sendable, Codable, CaseIterable {
  /// HSIC₁ of Song et al. (2012), Nguyen, Raghu and Kornblith (2021), equation 3.
  case unbiased
  /// HSIC₀ = tr(K H L H)/(n − 1)² of Gretton et al. (2005), Kornblith et al. (2019).
  case biased
}

/// What each minibatch's HSIC is multiplied by before it is added; they differ when the last
/// minibatch is short.
///
/// `pairs` is the default: HSIC₁ of 5 samples scatters hundreds of times as much as that of 128, and
/// counted as much it decides the result (docs/compute.md has the figures).
public enum Weighting: String, Sendable, Codable, CaseIterable {
  /// 1, as torch_cka does.
  case equal
  /// n(n − 3), as the minibatch estimator's authors do.
  case pairs
  /// n.
  case samples

  /// What is taken where nothing is said.
  public static let standard = Weighting.pairs

  /// The weight of a minibatch of `samples` ≥ 4 samples; positive.
  public func weight(samples: Int) -> Double {
    let n = Double(samples)
    return switch self {
    case .equal: 1
    case .pairs: n * (n - 3)
    case .samples: n
    }
  }
}

/// The floating-point type in which Gram matrices are formed.
public enum Precision: String, Sendable, Codable, CaseIterable {
  /// Products of centred float32 features, summed in float32 over at most a few hundred features
  /// and in float64 beyond; everything after that is float64.
  case float32
  /// Everything in float64.
  case float64
}

/// How many per-minibatch HSICs a study remembers.
public enum KeepPolicy: Sendable, Hashable, Codable {
  /// The first minibatches, until they take so many bytes; later ones are in the sums only.
  case upTo(bytes: Int)
  /// Only sums: no scores for each minibatch; intervals come from sums of products (`DeltaMethod`).
  case sumsOnly

  /// Up to 256 MiB: 4,000 minibatches of 182 layers.
  public static let standard = KeepPolicy.upTo(bytes: 256 << 20)
}

/// Everything that decides what a study's figures mean.
public struct StudyOptions: Sendable, Hashable, Codable {
  /// The estimator of HSIC.
  public var estimator: Estimator
  /// The kernel of every layer.
  public var kernel: Kernel
  /// The weights of the minibatches.
  public var weighting: Weighting
  /// The type in which Gram matrices are formed.
  public var precision: Precision
  /// What is remembered of each minibatch.
  public var keep: KeepPolicy
  /// The permutation null that is asked for; nil for none.
  public var null: NullPlan?
  /// A layer that is bad in a few minibatches costs those, not itself (`SkipRule`).
  public var skipBad: Bool

  /// The unbiased minibatch estimator of linear CKA, minibatches weighted by their pairs of samples,
  /// unless said otherwise.
  public init(
    estimator: Estimator = .unbiased, kernel: Kernel = .linear,
    weighting: Weighting = .standard, precision: Precision = .float32,
    keep: KeepPolicy = .standard, null: NullPlan? = nil, skipBad: Bool = false
  ) {
    self.estimator = estimator
    self.kernel = kernel
    self.weighting = weighting
    self.precision = precision
    self.keep = keep
    self.null = null
    self.skipBad = skipBad
  }

  /// Fewest samples of a minibatch that is counted: below it HSIC₁ and the weight n(n − 3) do not
  /// exist, and one rule for both estimators keeps them comparable.
  public static let fewestSamples = 4
}
