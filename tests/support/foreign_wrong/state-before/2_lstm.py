# %% lstm-backward
def backward(z, f, i, g, C, o, h, v, outputs, targets, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    grads = [np.zeros_like(param) for param in p]
    W_f_d, W_i_d, W_g_d, W_o_d, W_v_d, b_f_d, b_i_d, b_g_d, b_o_d, b_v_d = grads
    dh_next, dC_next = np.zeros_like(h[0]), np.zeros_like(C[0])
    loss = sequence_loss(outputs, targets)
    for t in reversed(range(len(outputs))):
        C_prev = C[t - 1]
        C_t = C[t]
        h_t = h[t + 1]
        dv = outputs[t] - targets[t]
        W_v_d += dv @ h[t].T
        b_v_d += dv
        dh = W_v.T @ dv + dh_next
        do = dh * np.tanh(C_t) * o[t] * (1 - o[t])
        W_o_d += do @ z[t].T
        b_o_d += do
        dC = dC_next + dh * o[t] * (1 - np.tanh(C_t) ** 2)
        dg = dC * i[t]
        dg = dg * (1 - g[t] ** 2)
        W_g_d += dg @ z[t].T
        b_g_d += dg
        di = dC * g[t]
        di = di * i[t] * (1 - i[t])
        W_i_d += di @ z[t].T
        b_i_d += di
        df = dC * C_prev
        df = df * f[t] * (1 - f[t])
        W_f_d += df @ z[t].T
        b_f_d += df
        dz = W_f.T @ df + W_i.T @ di + W_g.T @ dg + W_o.T @ do
        dh_next = dz[: len(dh)]
        dC_next = f[t] * dC
    grads = [W_f_d, W_i_d, W_g_d, W_o_d, W_v_d, b_f_d, b_i_d, b_g_d, b_o_d, b_v_d]
    normas.append(np.sqrt(sum((grad**2).sum() for grad in grads)))
    clip_gradient_norm(grads)
    return loss, grads
