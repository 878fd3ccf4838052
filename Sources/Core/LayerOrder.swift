/// The order in which torch_cka stores rows, where it differs from the order in which it lists
/// names.
///
/// torch_cka lists `named_modules()` (registration order: the root '' first, parents before
/// children) but fills rows in the order in which forward hooks fire (children before parents, root
/// last). An export of a whole model therefore has its labels on the wrong rows.
public enum LayerOrder {
  /// Whether `names` look like a registration order: a leading root, or a name followed by its own
  /// child.
  public static func isRegistrationOrder(_ names: [String]) -> Bool {
    if names.first == "", names.count > 1, !names.dropFirst().contains("") { return true }
    return zip(names, names.dropFirst()).contains { parent, name in
      !parent.isEmpty && isDescendant(name, of: parent)
    }
  }

  /// The same names in the order in which a post-order walk of the dotted names meets them:
  /// row i of such an export belongs to `executed(names)[i]`.
  ///
  /// Children keep their registration order. A module that runs in another order than it was
  /// registered in cannot be told from the names alone: the `relu` of torchvision's `Bottleneck` is
  /// registered after `bn3` and first runs after `bn1`.
  public static func executed(_ names: [String]) -> [String] {
    var result: [String] = []
    result.reserveCapacity(names.count)
    var open: [String] = []  // ancestors whose children are still coming
    for name in names {
      while let parent = open.last, !isDescendant(name, of: parent) {
        result.append(parent)
        open.removeLast()
      }
      open.append(name)
    }
    result.append(contentsOf: open.reversed())
    return result
  }

  /// Whether `name` is a module inside `parent`, at any depth; all named modules are inside the
  /// root ''.
  private static func isDescendant(_ name: String, of parent: String) -> Bool {
    guard !parent.isEmpty else { return !name.isEmpty }
    let rest = name.utf8.dropFirst(parent.utf8.count)
    return rest.first == UInt8(ascii: ".") && name.utf8.starts(with: parent.utf8)
  }
}

/// Which order of layer names labels the rows and columns.
public enum LabelOrder: String, CaseIterable, Sendable {
  /// The names as the file lists them.
  case exported
  /// The names in the order of execution, where the file's list looks like a registration order.
  case executed
}
