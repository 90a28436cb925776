"""Tables of pandas as the trees that `wire.pack` writes."""


def tree_of(encoder, value, pandas, depth) -> list:
    """The tree of an index, a series or a frame. encoder: makes the trees of what they hold."""
    if issubclass(type(value), pandas.MultiIndex):
        levels = [value.get_level_values(k).to_numpy() for k in range(value.nlevels)]
        levels = [encoder.encode(level, depth) for level in levels]
        return ["multiindex", levels, [encoder.encode(name, depth) for name in value.names]]
    if issubclass(type(value), pandas.Index):
        name = encoder.encode(value.name, depth)
        return ["index", _column(encoder, value, pandas, depth), name]
    if issubclass(type(value), pandas.Series):  # in the order in which it is read
        data = _column(encoder, value, pandas, depth)
        index = tree_of(encoder, value.index, pandas, depth)
        return ["series", data, index, encoder.encode(value.name, depth)]
    columns = [_column(encoder, value.iloc[:, k], pandas, depth) for k in range(value.shape[1])]
    index = tree_of(encoder, value.index, pandas, depth)
    return ["frame", columns, tree_of(encoder, value.columns, pandas, depth), index]


def _column(encoder, value, pandas, depth):
    if isinstance(value.dtype, pandas.CategoricalDtype):
        codes = encoder.encode(pandas.Categorical(value).codes, depth)
        categories = encoder.encode(value.dtype.categories.to_numpy(), depth)
        return ["categorical", codes, categories, value.dtype.ordered]
    return encoder.encode(value.to_numpy(), depth)
