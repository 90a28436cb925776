# %% lstm-forward
def forward(inputs, h_prev, C_prev, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    z_s, f_s, i_s, g_s, o_s, v_s = [], [], [], [], [], []
    C_s, h_s = [C_prev], [h_prev]
    for x in inputs:
        z = np.vstack((h_prev, x))
        f = sigmoid(np.einsum("ij,jk->ik", W_f, z) + b_f)
        i = sigmoid(W_i @ z + b_i)
        g = np.tanh(W_g @ z + b_g)
        C = np.einsum("ij,ij->ij", C_prev, f) + np.einsum("ij,ij->ij", g, i)
        o = sigmoid(np.tensordot(W_o, z, axes=1))
        h = np.einsum("ij,ij->ij", np.tanh(C), o)
        v = W_v @ h + b_v
        step = (z, f, i, g, C, o, h, v)
        lists = (z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s)
        for values, value in zip(lists, step, strict=True):
            values.append(value)
        h_prev, C_prev = h, C
    outputs = list(softmax(np.array(v_s), axis=1))
    return z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s, outputs
